// The shop's behaviour. Everything it changes on a page is changed the same
// way by the generator of demo visits (visit_changes.go): keep the two in step.
(function () {
  'use strict';
  window.hindsight = window.hindsight || function () {
    (window.hindsight.q = window.hindsight.q || []).push(arguments);
  };

  var byId = function (id) { return document.getElementById(id); };
  // Text is changed in place, so that a recorder sees a text change and no new node.
  var say = function (id, text) { byId(id).firstChild.data = text; };
  var euro = function (cents) { return '€ ' + (cents / 100).toFixed(2); };

  // The cart lives in this tab only: "sencha.2-cup.1".
  var cart = {
    read: function () {
      try { return sessionStorage.getItem('demo-cart') || ''; } catch (e) { return ''; }
    },
    write: function (text) {
      try { sessionStorage.setItem('demo-cart', text); } catch (e) { /* blocked: the cart forgets */ }
    },
    items: function () {
      return cart.read().split('-').filter(Boolean).map(function (item) {
        var parts = item.split('.');
        return { slug: parts[0], amount: Number(parts[1]) || 1 };
      });
    },
    save: function (items) {
      cart.write(items.map(function (i) { return i.slug + '.' + i.amount; }).join('-'));
      cart.count();
    },
    add: function (slug, amount) {
      var items = cart.items();
      var there = items.find(function (i) { return i.slug === slug; });
      if (there) there.amount += amount; else items.push({ slug: slug, amount: amount });
      cart.save(items);
    },
    remove: function (slug) {
      cart.save(cart.items().filter(function (i) { return i.slug !== slug; }));
    },
    count: function () {
      var n = cart.items().reduce(function (sum, i) { return sum + i.amount; }, 0);
      if (byId('cart-count').firstChild.data !== String(n)) say('cart-count', String(n));
    }
  };
  cart.count();

  var toastTimer;
  function toast(text) {
    say('toast', text);
    byId('toast').classList.add('show');
    clearTimeout(toastTimer);
    toastTimer = setTimeout(function () { byId('toast').classList.remove('show'); }, 2000);
  }

  byId('menu').addEventListener('click', function () {
    var open = byId('nav').classList.toggle('open');
    byId('menu').setAttribute('aria-expanded', String(open));
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape' || !byId('nav').classList.contains('open')) return;
    byId('nav').classList.remove('open');
    byId('menu').setAttribute('aria-expanded', 'false');
    byId('menu').focus();
  });

  byId('opt-out').addEventListener('click', function () {
    window.hindsight('consent', false);
    say('notice', 'Your visit is no longer recorded in this browser.');
  });

  document.addEventListener('click', function (event) {
    var button = event.target.closest('button.add');
    if (!button) return;
    var amount = byId('amount') ? Number(byId('amount').value) : 1;
    cart.add(button.dataset.product, amount);
    window.hindsight('event', 'add_to_cart', { product: button.dataset.product, amount: amount });
    toast('Added to your cart');
  });

  // Product page: the tabs.
  document.querySelectorAll('[role=tab]').forEach(function (tab, index, tabs) {
    tab.addEventListener('click', function () {
      tabs.forEach(function (other) {
        var on = other === tab;
        other.setAttribute('aria-selected', String(on));
        byId(other.getAttribute('aria-controls')).classList.toggle('on', on);
      });
    });
    tab.addEventListener('keydown', function (event) {
      var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { var next = tabs[(index + step + tabs.length) % tabs.length]; next.focus(); next.click(); }
    });
  });

  if (byId('cart-rows')) cartPage();
  if (byId('signup')) signupPage();

  function cartPage() {
    var rows = byId('cart-rows');
    function total() {
      var cents = 0;
      rows.querySelectorAll('.price').forEach(function (cell) {
        cents += Math.round(Number(cell.textContent.replace(/[^0-9.]/g, '')) * 100);
      });
      say('total', euro(cents));
      byId('cart-empty').hidden = rows.children.length > 0;
    }
    if (cart.read()) {
      fetch('/demo/fragments/cart?items=' + encodeURIComponent(cart.read()))
        .then(function (answer) { return answer.ok ? answer.text() : ''; })
        .then(function (html) { rows.innerHTML = html; total(); })
        .catch(function () { say('coupon-answer', 'The cart could not be loaded. Please reload the page.'); });
    }
    rows.addEventListener('click', function (event) {
      var button = event.target.closest('button.remove');
      if (!button) return;
      cart.remove(button.dataset.product);
      byId('row-' + button.dataset.product).remove();
      total();
    });
    // Friction, on purpose: the answer takes its time, and is always no.
    byId('coupon-form').addEventListener('submit', function (event) {
      event.preventDefault();
      say('coupon-answer', 'Checking the coupon …');
      setTimeout(function () { say('coupon-answer', 'This coupon is not valid any more.'); }, 2600);
    });
    byId('address').addEventListener('submit', function (event) {
      event.preventDefault();
      location.assign('/demo/signup');
    });
    // Friction, on purpose: nobody ever filled the table of zones.
    byId('estimate').addEventListener('click', function () {
      var zones = {};
      say('coupon-answer', 'About ' + zones[byId('country').value].days + ' days.');
    });
  }

  function signupPage() {
    byId('show').addEventListener('click', function () {
      var field = byId('password');
      var shown = field.type === 'password';
      field.type = shown ? 'text' : 'password';
      byId('show').setAttribute('aria-pressed', String(shown));
      say('show', shown ? 'Hide password' : 'Show password');
    });
    byId('signup').addEventListener('submit', function (event) {
      event.preventDefault();
      if (!byId('email').value || byId('password').value.length < 8) {
        say('signup-answer', 'Please give an e-mail address and a password of eight characters or more.');
        return;
      }
      window.hindsight('event', 'signup', { letters: byId('letters').checked });
      byId('signup').hidden = true;
      byId('done').hidden = false;
    });
  }
})();
