/**
 * Upstream's links that this page has in another place. They are put right before the router looks at them.
 *
 * - `#/projects/P/applications/A/...`: an application looked at within a project is the application.
 * - `#/applications/A/pipelines...`: how executions were called long ago.
 * - `#/infrastructure?q=`: the search.
 * - `.../loadBalancerDetails/P/A/R//NAME`, `.../firewallDetails/...`: where a cloud has no networks upstream leaves theirs empty.
 * - `#!/...`: how hashes began in old browsers.
 */
export function modern(hash: string): string {
  let text = hash.replace(/^#!?/, '');
  if (!text.startsWith('/')) text = `/${text}`;
  const project = /^\/projects\/[^/?]+(\/applications\/.*)$/.exec(text);
  if (project?.[1]) text = project[1];
  text = text.replace(/^(\/applications\/[^/?]+)\/pipelines(?=[/?]|$)/, '$1/executions');
  text = text.replace(/^\/infrastructure(?=\?|$)/, '/search');
  text = text.replace(/(\/(?:loadBalancer|firewall)Details\/[^/?]+\/[^/?]+\/[^/?]+)\/\//, '$1/-/');
  return `#${text}`;
}
