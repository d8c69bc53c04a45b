/** The longest IPv6 address: six groups, and an IPv4 address at the end. */
const MAX_LENGTH = 45;

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * Which kind of IP address a text is, if it is one. A zone (`fe80::1%eth0`) or a prefix length
 * (`192.0.2.0/24`) is not part of an address: SIEMs reject events that have one.
 */
export function ipVersion(text: string): 4 | 6 | undefined {
	if (text.length > MAX_LENGTH) return undefined;
	if (IPV4.test(text)) return 4;
	return isIpv6(text) ? 6 : undefined;
}

function isIpv6(text: string): boolean {
	const [head = '', tail, ...more] = text.split('::');
	if (more.length > 0) return false;
	const first = countGroups(head, { isLast: tail === undefined });
	const last = tail === undefined ? 0 : countGroups(tail, { isLast: true });
	// `::` stands for at least one group.
	return tail === undefined ? first === 8 : first + last <= 7;
}

/** How many groups of 16 bits a part of an address has; NaN if it is not valid. */
function countGroups(part: string, { isLast }: { isLast: boolean }): number {
	if (part === '') return 0;
	const groups = part.split(':');
	let count = 0;
	for (const [index, group] of groups.entries()) {
		if (/^[\dA-Fa-f]{1,4}$/.test(group)) count += 1;
		else if (isLast && index === groups.length - 1 && IPV4.test(group)) count += 2;
		else return NaN;
	}
	return count;
}
