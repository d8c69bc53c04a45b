// Adds what arrives while the page is open.
const list = document.getElementById('arrivals');

function showLocalTimes(root) {
	for (const time of root.querySelectorAll('time')) {
		const at = new Date(time.dateTime);
		time.textContent = at.toLocaleTimeString();
		time.title = at.toLocaleString();
	}
}

/** Puts a card before the first one that is older. */
function insert(card) {
	const at = card.querySelector('time').dateTime;
	const older = [...list.children].find((other) => other.querySelector('time').dateTime < at);
	list.insertBefore(card, older ?? null);
}

async function update() {
	const response = await fetch('/arrivals.json');
	const { arrivals } = await response.json();
	for (const { id } of arrivals.reverse()) {
		if (document.getElementById(id)) continue;
		const holder = document.createElement('template');
		// The server has escaped everything that comes from events.
		holder.innerHTML = await (await fetch(`/cards/${id}`)).text();
		const card = holder.content.firstElementChild;
		if (!card) continue;
		showLocalTimes(card);
		card.classList.add('new');
		insert(card);
	}
}

async function keepUpdating() {
	try {
		await update();
		document.body.classList.remove('ended');
	} catch {
		document.body.classList.add('ended');
	}
	setTimeout(keepUpdating, 1000);
}

showLocalTimes(document);
keepUpdating();
