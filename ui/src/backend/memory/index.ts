export { Memory, type World } from './memory';
