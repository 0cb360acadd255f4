// Runs in VS Code's window, as text that manyTopics.ts evaluates there: how long from the last key in the input box to the
// words of the answer, with what the window itself takes, and without what a test program does.

window.beginFilterWatch = (words) => {
  const box = document.querySelector('.quick-input-widget');
  let typedAtMs = 0;
  const input = box.querySelector('input');
  const typed = () => {
    typedAtMs = performance.now();
  };
  input.addEventListener('input', typed);
  window.filterAnswered = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!box.textContent.includes(words)) return;
      observer.disconnect();
      input.removeEventListener('input', typed);
      resolve(performance.now() - typedAtMs);
    });
    observer.observe(box, { subtree: true, childList: true, characterData: true });
  });
};
