let count = 0
for (const button of document.querySelectorAll('article button')) {
  button.addEventListener('click', () => {
    count += 1
    document.getElementById('basket').textContent = `Basket (${count})`
  })
}
document.getElementById('subscribe').addEventListener('click', () => {
  document.getElementById('thanks').textContent = 'Thank you.'
})
