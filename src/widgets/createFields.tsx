import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type {
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  RJSFValidationError,
  UiSchema
} from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import type { JSONSchema7 } from 'json-schema';
import React, { useMemo, useState } from 'react';

import { arePairs, ICreateData } from '../createdata';
import { isMore, schemaFor, sentenceFor } from '../formschema';
import { roomFor } from '../room';
import {
  ChoiceWidget,
  IFormContext,
  LinesWidget,
  ReferenceWidget
} from './fieldWidgets';
import type { Refusals } from './formModel';

/**
 * Properties of `CreateFields`.
 */
export interface ICreateFieldsProps {
  /** The schema of the profile's form. */
  schema: JSONSchema7;
  data: ICreateData;
  /** What the server said about a field; under `''` what fits no field. */
  refusals: Refusals;
  trans: TranslationBundle;
  onChange: (data: ICreateData, valid: boolean) => void;
}

const validator = customizeValidator<ReadonlyJSONObject>({
  customFormats: { lines: () => true, pairs: arePairs }
});

const TEMPLATES = { FieldTemplate, ObjectFieldTemplate };
const WIDGETS = {
  choice: ChoiceWidget,
  lines: LinesWidget,
  reference: ReferenceWidget
};

/** The largest number that is worth telling as a bound. */
const TELLING = 100_000;

/** Which widget shows which field. */
function uiSchema(
  { properties = {} }: JSONSchema7,
  trans: TranslationBundle
): UiSchema<ReadonlyJSONObject> {
  const ui: Record<string, Record<string, unknown>> = {
    name: {
      'ui:autocomplete': 'off',
      // The rules for a name are shown once it breaks one.
      'ui:description': trans.__('Optional: without one, a name is chosen.')
    },
    scaling: { 'ui:widget': 'choice' },
    ends: { 'ui:widget': 'choice' }
  };
  for (const [name, property] of Object.entries(properties)) {
    const { enum: choices, examples, format } = property as JSONSchema7;
    if (format === 'lines' || format === 'pairs') {
      ui[name] = {
        'ui:widget': 'lines',
        'ui:placeholder': format === 'pairs' ? 'NAME=value' : ''
      };
    } else if (name === 'image' && !choices) {
      const example = Array.isArray(examples) ? examples[0] : '';
      ui[name] = { 'ui:widget': 'reference', 'ui:placeholder': example };
    }
  }
  return ui as UiSchema<ReadonlyJSONObject>;
}

/**
 * The fields of a new cluster, made from the JSON Schema of a profile.
 */
export function CreateFields(props: ICreateFieldsProps): JSX.Element {
  const { data, refusals, schema, trans } = props;
  const shown = useMemo(
    () => schemaFor(schema, data),
    // Other data change nothing about which fields count.
    [
      schema,
      data.scaling,
      data.ends,
      data.threads,
      data.cpu,
      data.memory,
      data.gpus
    ]
  );
  const room = roomFor(schema, data);
  const ui = useMemo(() => uiSchema(shown, trans), [shown, trans]);
  const context: IFormContext = { refusals, trans };
  return (
    <FormComponent
      idPrefix="jp-Dask-create"
      schema={shown}
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
        const { minimum = 0, maximum, scaling } = value as ICreateData;
        if (
          scaling === 'adaptive' &&
          maximum !== undefined &&
          minimum > maximum
        ) {
          errors.maximum?.addError(trans.__('“At most” is below “At least”.'));
        }
        return errors;
      }}
      transformErrors={errors =>
        errors.map(error => ({
          ...error,
          message: roomSentence(error, room, trans) ?? sentenceFor(error, trans)
        }))
      }
      onChange={event =>
        props.onChange(event.formData as ICreateData, event.errors.length === 0)
      }
    />
  );
}

/** What to say of more workers than the quotas have room for; `null` of other errors. */
function roomSentence(
  { name, params, property }: RJSFValidationError,
  room: number | null,
  trans: TranslationBundle
): string | null {
  const workers = property === '.workers' || property === '.minimum';
  return workers && name === 'maximum' && params?.limit === room
    ? trans.__(
        'The quota has room for %1 of this size, beside the scheduler.',
        String(room)
      )
    : null;
}

/** The fields of the default view, then the folded ones. */
function ObjectFieldTemplate(props: ObjectFieldTemplateProps): JSX.Element {
  const { refusals, trans } = props.formContext as IFormContext;
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
  const { children, id, rawErrors, schema } = props;
  if (schema.type === 'object') {
    return <>{children}</>;
  }
  const { refusals, trans } = props.formContext as IFormContext;
  const name = id.slice(id.lastIndexOf('create_') + 'create_'.length);
  const errors = [...new Set([...(rawErrors ?? []), refusals[name] ?? ''])];
  const wrong = errors.filter(text => text !== '');
  const help = helpOf(props.rawDescription, schema as JSONSchema7, trans);
  return (
    <div className={`jp-Dask-field jp-mod-${name}`}>
      <label htmlFor={id} title={help}>
        {props.label}
      </label>
      <div className="jp-Dask-field-control">
        {children}
        {wrong.length > 0 && (
          <p className="jp-Dask-field-error" role="alert">
            {wrong.join(' ')}
          </p>
        )}
        {help !== '' && <p className="jp-Dask-field-help">{help}</p>}
      </div>
    </div>
  );
}

/** What a field is for, and its bounds where they are narrow enough to matter. */
function helpOf(
  description: string | undefined,
  { maximum, minimum }: JSONSchema7,
  trans: TranslationBundle
): string {
  const bounds =
    maximum !== undefined && maximum < TELLING
      ? trans.__('%1 to %2.', minimum ?? 0, maximum)
      : '';
  return [description ?? '', bounds].filter(text => text !== '').join(' ');
}
