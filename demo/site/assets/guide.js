// The tea finder: a small single-page application over the History API. Each
// step is also a page of its own, so links, reloads and a browser without
// scripts work too. The generator makes the same changes (document swap of
// #guide's children, text of the title).
(function () {
  'use strict';
  var guide = document.getElementById('guide');

  // The title and the address change before the content does, so that a page
  // view begins with its own title and holds its own content.
  function show(address, fresh) {
    var url = new URL(address, location.href);
    return fetch(url.pathname.replace('/demo/guide', '/demo/fragments/guide') + url.search)
      .then(function (answer) {
        if (!answer.ok) throw new Error('status ' + answer.status);
        return answer.text();
      })
      .then(function (html) {
        var next = document.createElement('template');
        next.innerHTML = html;
        var heading = next.content.querySelector('h1').textContent;
        document.querySelector('title').firstChild.data = heading + ' · Leaf & Kettle';
        if (fresh) history.pushState(null, '', address);
        guide.replaceChildren(next.content);
        if (fresh) guide.querySelector('h1').focus({ preventScroll: true });
        scrollTo(0, 0);
      });
  }

  guide.addEventListener('click', function (event) {
    var link = event.target.closest('a[href^="/demo/guide"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    var address = link.getAttribute('href');
    show(address, true).catch(function () { location.assign(address); });
  });

  addEventListener('popstate', function () {
    show(location.href, false).catch(function () { location.reload(); });
  });
})();
