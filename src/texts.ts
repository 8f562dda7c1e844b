import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';

import { TRANSLATION_DOMAIN } from './tokens';

/**
 * The texts of this package in the user's language, where there is a translator.
 */
export function textsOf(translator: ITranslator | null): TranslationBundle {
  return (translator ?? nullTranslator).load(TRANSLATION_DOMAIN);
}
