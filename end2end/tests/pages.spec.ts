import { axe, expect, hydrated, open, signUp, test } from './fixtures.js';

test.describe('Pages that anybody may open', () => {
  for (const path of ['/sign-in', '/sign-up']) {
    test(`${path} comes alive, is accessible and loads nothing from elsewhere`, async ({ page, baseURL }) => {
      const elsewhere: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(baseURL ?? '') && !request.url().startsWith('data:')) {
          elsewhere.push(request.url());
        }
      });
      await open(page, path);
      await axe(page);
      expect(elsewhere).toEqual([]);
    });
  }

  test('a page for members asks a stranger to sign in', async ({ page }) => {
    await page.goto('/projects');
    // To sign up, while there is no account yet.
    await page.waitForURL(/\/sign-(in|up)/);
    await hydrated(page);
  });

  test('the bundle is compressed and kept, a public file is asked for again', async ({ page, request }) => {
    await open(page, '/sign-in');
    const script = await page.locator('link[rel="modulepreload"]').first().getAttribute('href');
    const bundle = await request.get(script ?? '', { headers: { 'accept-encoding': 'br' } });
    expect(bundle.headers()['content-encoding']).toBe('br');
    expect(bundle.headers()['cache-control']).toContain('immutable');
    const plain = await request.get(script ?? '', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers()['content-encoding']).toBeUndefined();
    expect(await plain.text()).toBe(await bundle.text());
    const icons = await request.get('/icons.svg');
    expect(icons.headers()['cache-control']).toBe('no-cache');
    const again = await request.get('/icons.svg', { headers: { 'if-none-match': icons.headers()['etag'] ?? '' } });
    expect(again.status()).toBe(304);
  });
});

test('a new account begins with the setup, which can wait', async ({ page }) => {
  await signUp(page);
  await expect(page.getByRole('heading', { name: 'Name your workspace' })).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'Finish later' }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Today at a glance' })).toBeVisible();
  await axe(page);
});

test('the module of a page is asked for together with the page', async ({ page }) => {
  await signUp(page);
  let modules: string[] = [];
  const asked = async (): Promise<number> => {
    const document = await (await page.request.get('/projects')).text();
    modules = [...document.matchAll(/<link[^>]*href="([^"]*split_work[^"]*\.wasm)"/g)].map((it) => it[1] ?? '');
    return modules.length;
  };
  await expect.poll(asked).toBe(1);
  const answer = await page.request.get(modules[0] ?? '');
  expect(answer.headers()['content-type']).toBe('application/wasm');
});
