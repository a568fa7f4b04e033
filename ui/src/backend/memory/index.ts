export type { World } from './host';
export { Memory } from './memory';
