/** The banner of an application that is on, as it stands over its screens. */
import { bannerKind, bannersOf } from './model';
import styles from './ApplicationBanner.module.css';

/** The first banner that is on; nothing if none is. `banners` is what the application's `customBanners` say. */
export function ApplicationBanner({ banners }: { banners: unknown }) {
  const banner = bannersOf(banners).find(({ enabled, text }) => enabled && text.trim() !== '');
  if (!banner) return null;
  return (
    <p className={styles.banner} data-kind={bannerKind(banner)} dir="auto">
      {banner.text}
    </p>
  );
}
