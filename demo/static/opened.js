// In the demo's frame the chat is open at once, as it is for somebody who had it open before: without taking the focus.
if (!sessionStorage.getItem("earshot-chat")) sessionStorage.setItem("earshot-chat", JSON.stringify({ open: true }));
