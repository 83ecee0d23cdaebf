// The tasks that a channel usually serves are ticked with it, until somebody ticks tasks by hand.
for (const form of document.querySelectorAll("form[data-presets]")) {
  const tasks = [...form.querySelectorAll("[name=tasks]")];
  let byHand = tasks.some((task) => task.checked);
  form.addEventListener("change", (event) => {
    if (event.target.name === "tasks") byHand = true;
    if (event.target.name !== "channel" || byHand) return;
    const preset = [...form.querySelectorAll("[data-preset]")].find((each) => each.dataset.preset === event.target.value);
    const usual = preset ? preset.dataset.tasks.split(" ") : [];
    for (const task of tasks) task.checked = usual.includes(task.value);
  });
}
