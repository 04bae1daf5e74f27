/** The part of Inquirer that draws one question; the prompts in this folder are built on it. */
export {
  createPrompt,
  isBackspaceKey,
  isDownKey,
  isEnterKey,
  isTabKey,
  isUpKey,
  makeTheme,
  type Status,
  useEffect,
  useKeypress,
  usePrefix,
  useState,
} from '@inquirer/core';
