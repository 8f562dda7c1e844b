import { ISignal, Signal } from '@lumino/signaling';
import type { JSONSchema7 } from 'json-schema';

import { ClusterError } from '../client';
import { ICreateData, toRequest } from '../createdata';
import { addTyped, fieldOf, schemaFor, startWith } from '../formschema';
import { chooseProfile, keyOf, requestFor } from '../profiles';
import type { ClusterCreate, GroupCreate, Profile, Profiles } from '../schema';

/** What is wrong, by field; under `''` what fits no field. */
export type Refusals = Readonly<Record<string, string>>;

/**
 * What is chosen and typed for a new cluster. No DOM in here.
 */
export class ClusterFormModel {
  constructor(
    readonly profiles: Profiles,
    options: ClusterFormModel.IOptions = {}
  ) {
    this._typed = options.typed ?? {};
    this._groups = options.groups ?? [];
    this._adjust = options.adjust ?? (({ form }) => form as JSONSchema7);
    this._profile = chooseProfile(profiles, ...(options.wanted ?? []));
    this._schema = this._adjust(this._profile);
    this._data = startWith(this.schema, this._typed);
  }

  /** Emitted when anything changed. */
  get changed(): ISignal<ClusterFormModel, void> {
    return this._changed;
  }

  get profile(): Profile {
    return this._profile;
  }

  /** The whole schema of the profile's form. */
  get schema(): JSONSchema7 {
    return this._schema;
  }

  get data(): ICreateData {
    return this._data;
  }

  /** Whether the form itself finds nothing wrong. */
  get valid(): boolean {
    return this._valid;
  }

  /** What the server said. */
  get refusals(): Refusals {
    return this._refusals;
  }

  /** The request that all this comes to. */
  get request(): ClusterCreate {
    const { backend } = this._profile;
    const backends = new Set(this.profiles.profiles.map(it => it.backend));
    return {
      ...requestFor(this._profile, toRequest(this._data, this.schema)),
      // Where there is one backend, nobody needs to name it.
      ...(backends.size > 1 && { backend }),
      ...(this._groups.length > 0 && { groups: [...this._groups] })
    };
  }

  /** Take another profile; what was typed stays as far as it is allowed there. */
  choose(key: string): void {
    const profile = chooseProfile(this.profiles, key);
    if (keyOf(profile) !== keyOf(this._profile)) {
      this._profile = profile;
      this._schema = this._adjust(profile);
      this._data = startWith(this.schema, this._typed);
      this._valid = true;
      this._refusals = {};
      this._changed.emit();
    }
  }

  /** Take what the user typed. */
  change(data: ICreateData, valid: boolean): void {
    this._typed = addTyped(this._typed, this._data, data);
    this._data = data;
    this._valid = valid;
    this._refusals = {};
    this._changed.emit();
  }

  /** Show why the server refused, at the field if it named one that is shown. */
  refuse(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const field = error instanceof ClusterError ? error.field : null;
    const shown = schemaFor(this.schema, this._data);
    this._refusals = {
      [fieldOf(field?.replace(/^cluster\./, '') ?? null, shown)]: message
    };
    this._changed.emit();
  }

  private readonly _changed = new Signal<ClusterFormModel, void>(this);
  private readonly _groups: ReadonlyArray<GroupCreate>;
  private readonly _adjust: (profile: Profile) => JSONSchema7;
  private _schema: JSONSchema7;
  private _typed: ICreateData;
  private _profile: Profile;
  private _data: ICreateData;
  private _valid = true;
  private _refusals: Refusals = {};
}

/**
 * Options of `ClusterFormModel`.
 */
export namespace ClusterFormModel {
  export interface IOptions {
    /** Names or keys of profiles; the first that exists is chosen. */
    wanted?: ReadonlyArray<string | null | undefined>;
    /** What the form begins with instead of the profile's defaults. */
    typed?: ICreateData;
    /** More worker groups, for which the form has no fields. */
    groups?: ReadonlyArray<GroupCreate>;
    /** The schema for a profile, where it is not the profile's own. */
    adjust?: (profile: Profile) => JSONSchema7;
  }
}
