/** Lets everything happen that is ready to happen. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}
