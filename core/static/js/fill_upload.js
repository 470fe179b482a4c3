// Uploads evidence as soon as it is chosen, one file after another, with progress and a way to stop.
// Without this file the chosen files go with the page's 保存.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  function line(input, name) {
    const box = document.createElement("div");
    box.className = "file w-f";
    const text = document.createElement("span"), bar = document.createElement("progress"), stop = document.createElement("button");
    text.className = "grow text-break"; text.textContent = name;
    bar.max = 100; bar.value = 0; bar.setAttribute("aria-label", `正在上传 ${name}`);
    stop.type = "button"; stop.className = "btn btn-plain btn-sm"; stop.textContent = "停止"; stop.setAttribute("aria-label", `停止上传 ${name}`);
    box.append(text, bar, stop);
    input.closest(".drop").before(box);
    return { box, bar, stop };
  }

  function fault(input, text) {
    const id = `${input.id}-error`;
    let place = document.getElementById(id);
    if (!place) {
      place = document.createElement("div");
      place.id = id;
      place.setAttribute("role", "alert");
      input.closest(".drop").parentElement.prepend(place);
      input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${id}`.trim());
    }
    const said = document.createElement("p");
    said.className = "err";
    said.textContent = text;
    place.append(said);
  }

  function send(input, file) {
    return new Promise((done) => {
      const { box, bar, stop } = line(input, file.name);
      const request = new XMLHttpRequest();
      const data = new FormData();
      data.append("csrf_token", form.elements.csrf_token.value);
      data.append(input.name, file);
      const end = (answer) => { box.remove(); done(answer); };
      request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; };
      request.onload = () => end({ status: request.status, news: request.response || {} });
      request.onerror = () => end({ status: 0, news: {} });
      request.onabort = () => end({ status: -1, news: {} });
      stop.addEventListener("click", () => request.abort());
      request.responseType = "json";
      request.open("POST", input.dataset.uploadUrl);
      request.send(data);
    });
  }

  function words(status, news, name) {
    if (news.message) return news.message;
    if (status === 0) return `“${name}”没有传上去，网络断了。连上后请再选一次。`;
    if (status === 413) return `“${name}”太大，请压缩后再传。`;
    if (status === 401 || status === 400) return `“${name}”没有传上去，登录已过期。请重新登录后再传。`;
    return `“${name}”没有传上去，请再选一次。`;
  }

  form.addEventListener("change", async (event) => {
    const input = event.target;
    if (input.type !== "file" || !input.dataset.uploadUrl) return;
    const files = [...input.files];
    input.value = "";
    document.getElementById(`${input.id}-error`)?.replaceChildren();
    let html = "";
    const faults = [];
    for (const file of files) {
      const { status, news } = await send(input, file);
      if (status === 200) html = news.html;
      else if (status !== -1) faults.push(words(status, news, file.name));
    }
    if (html) document.dispatchEvent(new CustomEvent("fill:evidence", { detail: { html, id: input.id } }));
    faults.forEach((text) => fault(document.getElementById(input.id), text));
  });
})();
