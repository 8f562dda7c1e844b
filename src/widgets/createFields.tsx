import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type {
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  UiSchema,
  WidgetProps
} from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import type { JSONSchema7 } from 'json-schema';
import React, { useEffect, useMemo, useRef, useState } from 'react';

import { Choice } from './choice';
import {
  defaultsOf,
  ICreateData,
  MORE_FIELDS,
  schemaFor,
  sentenceFor
} from './createForm';

/**
 * Properties of `CreateFields`.
 */
export interface ICreateFieldsProps {
  schema: JSONSchema7;
  /** What the server said about a field; under `''` what fits no field. */
  refusals: Readonly<Record<string, string>>;
  trans: TranslationBundle;
  onChange: (data: ICreateData, valid: boolean) => void;
}

/** What our templates read besides rjsf's own properties. */
interface IFormContext {
  refusals: Readonly<Record<string, string>>;
  trans: TranslationBundle;
}

/** The rules for a name are shown once it breaks one. */
function uiSchema(trans: TranslationBundle): UiSchema<ReadonlyJSONObject> {
  return {
    name: {
      'ui:autocomplete': 'off',
      'ui:description': trans.__('Optional: without one, a name is chosen.')
    },
    scaling: { 'ui:widget': 'choice' },
    image: { 'ui:widget': 'reference' }
  };
}

const validator = customizeValidator<ReadonlyJSONObject>();

const TEMPLATES = { FieldTemplate, ObjectFieldTemplate };
const WIDGETS = { choice: ChoiceWidget, reference: ReferenceWidget };

/**
 * The fields of a new cluster, made from the server's JSON Schema.
 */
export function CreateFields(props: ICreateFieldsProps): JSX.Element {
  const { refusals, schema, trans } = props;
  const [data, setData] = useState<ICreateData>(() => defaultsOf(schema));
  const node = useRef<HTMLDivElement>(null);
  const ui = useMemo(() => uiSchema(trans), [trans]);
  const context: IFormContext = { refusals, trans };

  useEffect(() => {
    node.current?.querySelector<HTMLInputElement>('input')?.focus();
  }, []);

  return (
    <div className="jp-Dask-form" ref={node}>
      {refusals[''] && (
        <p className="jp-Dask-form-error" role="alert">
          {refusals['']}
        </p>
      )}
      <FormComponent
        idPrefix="jp-Dask-create"
        schema={schemaFor(schema, data.scaling)}
        uiSchema={ui}
        formData={data as ReadonlyJSONObject}
        formContext={context}
        templates={TEMPLATES}
        widgets={WIDGETS}
        validator={validator}
        liveValidate
        noHtml5Validate
        showErrorList={false}
        tagName="div"
        customValidate={(value, errors) => {
          const { minimum = 0, maximum = 0, scaling } = value as ICreateData;
          if (scaling === 'adaptive' && minimum > maximum) {
            errors.maximum?.addError(
              trans.__('The maximum is below the minimum.')
            );
          }
          return errors;
        }}
        transformErrors={errors =>
          errors.map(error => ({
            ...error,
            message: sentenceFor(error, trans)
          }))
        }
        onChange={event => {
          const next = event.formData as ICreateData;
          setData(next);
          props.onChange(next, event.errors.length === 0);
        }}
      />
    </div>
  );
}

/** The fields of the default view, then the folded ones. */
function ObjectFieldTemplate(props: ObjectFieldTemplateProps): JSX.Element {
  const { refusals, trans } = props.formContext as IFormContext;
  const isMore = (name: string): boolean => MORE_FIELDS.includes(name);
  const more = props.properties.filter(({ name }) => isMore(name));
  const wrong = more.some(
    ({ name }) =>
      name in refusals || (props.errorSchema?.[name]?.__errors?.length ?? 0) > 0
  );
  const [open, setOpen] = useState(false);
  return (
    <>
      {props.properties
        .filter(({ name }) => !isMore(name))
        .map(({ content }) => content)}
      {more.length > 0 && (
        <details
          className="jp-Dask-form-more"
          open={open || wrong}
          onToggle={event => setOpen(event.currentTarget.open)}
        >
          <summary>{trans.__('More')}</summary>
          {more.map(({ content }) => content)}
        </details>
      )}
    </>
  );
}

/** Label, control, help and what is wrong, in one row. */
function FieldTemplate(props: FieldTemplateProps): JSX.Element {
  const { children, id, rawDescription, rawErrors, schema } = props;
  if (schema.type === 'object') {
    return <>{children}</>;
  }
  const { refusals } = props.formContext as IFormContext;
  const name = id.slice(id.lastIndexOf('create_') + 'create_'.length);
  const errors = [...new Set([...(rawErrors ?? []), refusals[name] ?? ''])];
  const wrong = errors.filter(text => text !== '');
  return (
    <div className={`jp-Dask-field jp-mod-${name}`}>
      <label htmlFor={id} title={rawDescription}>
        {props.label}
      </label>
      <div className="jp-Dask-field-control">
        {children}
        {wrong.length > 0 ? (
          <p className="jp-Dask-field-error" role="alert">
            {wrong.join(' ')}
          </p>
        ) : (
          rawDescription && (
            <p className="jp-Dask-field-help">{rawDescription}</p>
          )
        )}
      </div>
    </div>
  );
}

function ChoiceWidget(props: WidgetProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const labels: Record<string, string> = {
    fixed: trans.__('Fixed'),
    adaptive: trans.__('Adaptive')
  };
  return (
    <Choice
      label={props.label}
      name={props.id}
      options={(props.options.enumOptions ?? []).map(({ value }) => ({
        value: String(value),
        label: labels[String(value)] ?? String(value)
      }))}
      value={String(props.value)}
      onChange={props.onChange}
    />
  );
}

/** One line of text that wraps when it is long, so that all of it can be read. */
function ReferenceWidget(props: WidgetProps): JSX.Element {
  const value = typeof props.value === 'string' ? props.value : '';
  const onChange = (text: string): void => {
    const line = text.replace(/\s+/g, '');
    props.onChange(line === '' ? props.options.emptyValue : line);
  };
  return (
    <div className="jp-Dask-reference" data-value={value}>
      <textarea
        id={props.id}
        rows={1}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        title={value}
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    </div>
  );
}
