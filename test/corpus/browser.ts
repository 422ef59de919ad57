// Browsers: bundles with content hashes, three engines, preview hosts.
import type { CorpusGroup } from './corpus.ts';

const language = 'webjs';

export const browser: readonly CorpusGroup[] = [
  {
    name: 'browser: a Vite bundle, deployed again and again',
    entries: [
      {
        language,
        type: 'TypeError',
        message: 'e.items is undefined',
        stack: `TypeError: e.items is undefined
    at renderCart (https://shop.example.com/assets/cart-D3kf9aXz.js:1:20345)
    at onClick (https://shop.example.com/assets/index-BqX3k9Za.js:12:881)`,
      },
      {
        language,
        type: 'TypeError',
        message: 'e.items is undefined',
        stack: `TypeError: e.items is undefined
    at renderCart (https://shop.example.com/assets/cart-Cm2_-aQ1.js:1:20391)
    at onClick (https://shop.example.com/assets/index-7hGhq0Pw.js:12:902)`,
      },
      {
        language,
        type: 'TypeError',
        message: 'e.items is undefined',
        stack: `TypeError: e.items is undefined
    at renderCart (https://pr-1042.preview.example.dev/assets/cart-D3kf9aXz.js:1:20345)
    at onClick (https://pr-1042.preview.example.dev/assets/index-BqX3k9Za.js:12:881)`,
      },
      {
        // Firefox.
        language,
        type: 'TypeError',
        message: 'e.items is undefined',
        stack: `renderCart@https://shop.example.com/assets/cart-D3kf9aXz.js:1:20345
onClick@https://shop.example.com/assets/index-BqX3k9Za.js:12:881
`,
      },
      {
        // Safari.
        language,
        type: 'TypeError',
        message: 'e.items is undefined',
        stack: `renderCart@https://shop.example.com/assets/cart-Cm2_-aQ1.js:1:20391
onClick@https://shop.example.com/assets/index-7hGhq0Pw.js:12:902
[native code]`,
      },
    ],
  },
  {
    name: 'browser: the same bundle, another function',
    entries: [
      {
        language,
        type: 'TypeError',
        message: 'e.items is undefined',
        stack: `TypeError: e.items is undefined
    at renderWishlist (https://shop.example.com/assets/wishlist-D3kf9aXz.js:1:20345)
    at onClick (https://shop.example.com/assets/index-BqX3k9Za.js:12:881)`,
      },
    ],
  },
  {
    name: 'browser: webpack chunks',
    entries: [
      {
        language,
        type: 'ReferenceError',
        message: 'gtag is not defined',
        stack: `ReferenceError: gtag is not defined
    at track (https://www.example.com/static/js/main.3f2a1b9c.js:2:1044)
    at submit (https://www.example.com/static/js/482.7d9f8b6c.chunk.js:1:99)`,
      },
      {
        language,
        type: 'ReferenceError',
        message: 'gtag is not defined',
        stack: `ReferenceError: gtag is not defined
    at track (https://www.example.com/static/js/main.0c7b8a0f.js:2:1077)
    at submit (https://www.example.com/static/js/511.aa01bc23.chunk.js:1:99)`,
      },
      {
        language,
        type: 'ReferenceError',
        message: 'gtag is not defined',
        stack: `track@https://www.example.com/static/js/main.0c7b8a0f.js:2:1077
submit@https://www.example.com/static/js/511.aa01bc23.chunk.js:1:99`,
      },
    ],
  },
  {
    name: 'browser: webpack in development',
    entries: [
      {
        language,
        type: 'Error',
        message: 'Hydration failed',
        stack: `Error: Hydration failed
    at throwOnHydrationMismatch (webpack-internal:///./node_modules/react-dom/cjs/react-dom.development.js:6981:9)
    at Header (webpack-internal:///./src/components/Header.tsx:14:5)`,
      },
      {
        language,
        type: 'Error',
        message: 'Hydration failed',
        stack: `Error: Hydration failed
    at throwOnHydrationMismatch (webpack-internal:///./node_modules/react-dom/cjs/react-dom.development.js:7002:9)
    at Header (webpack://shop/./src/components/Header.tsx?1a2b:19:5)`,
      },
    ],
  },
  {
    name: 'browser: a chunk that is gone',
    entries: [
      {
        language,
        type: 'TypeError',
        message: 'Failed to fetch dynamically imported module: https://shop.example.com/assets/settings-D3kf9aXz.js',
        stack: 'TypeError: Failed to fetch dynamically imported module: https://shop.example.com/assets/settings-D3kf9aXz.js',
      },
      {
        language,
        type: 'TypeError',
        message: 'Failed to fetch dynamically imported module: https://eu.example.com/assets/settings-q0_Zx81b.js',
        stack: '',
      },
    ],
  },
  {
    name: 'browser: JavaScriptCore in an app',
    entries: [
      {
        language,
        type: 'Error',
        message: 'Network request failed',
        stack: `fetchOrders@main.jsbundle:1:2345
refresh@main.jsbundle:1:9001`,
      },
      {
        language,
        type: 'Error',
        message: 'Network request failed',
        stack: `fetchOrders@main.jsbundle:3:77
refresh@main.jsbundle:3:1200`,
      },
    ],
  },
];
