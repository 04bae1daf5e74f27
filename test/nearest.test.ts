import { describe, expect, it } from 'vitest';
import { nearest } from '../src/nearest.ts';

describe('the nearest names', () => {
  it('come first, and those with too many slips not at all', () => {
    const names = ['restart-server', 'restart-servers', 'revert-commit', 'restrat-server'];
    expect(nearest('restart-sever', names)).toEqual(['restart-server', 'restart-servers', 'restrat-server']);
    expect(nearest('restart-sever', names, 1)).toEqual(['restart-server']);
    expect(nearest('page-oncall', names)).toEqual([]);
  });

  it('may have as many slips as two fifths of the text, and two at least', () => {
    expect(nearest('abcde', ['abcxy', 'abxyz'])).toEqual(['abcxy']);
    expect(nearest('ab', ['xy', 'xyz'])).toEqual(['xy']);
    expect(nearest('abcdefghij', ['abcdefwxyz', 'abcdevwxyz'])).toEqual(['abcdefwxyz']);
  });

  it('include longer ones with a word like the text', () => {
    expect(nearest('chekout', ['Payments API (primary)', 'Checkout API (primary)'])).toEqual([
      'Checkout API (primary)',
    ]);
    expect(nearest('chkot', ['Checkout API (primary)'])).toEqual([]);
  });
});
