// Rust: backtraces with and without places.
import type { CorpusGroup } from './corpus.ts';

const language = 'rust';

export const rust: readonly CorpusGroup[] = [
  {
    name: 'rust: unwrap on none',
    entries: [
      {
        language,
        type: 'panic',
        message: 'called `Option::unwrap()` on a `None` value',
        stack: `   0: rust_begin_unwind
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/std/src/panicking.rs:665:5
   1: core::panicking::panic_fmt
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/panicking.rs:74:14
   2: shop::cart::Cart::price::h0123456789abcdef
             at ./src/cart.rs:12:9
   3: shop::api::checkout::{{closure}}::hfedcba9876543210
             at ./src/api.rs:40:13
   4: tokio::runtime::task::core::Core<T,S>::poll
             at /root/.cargo/registry/src/index.crates.io-6f17d22bba15001f/tokio-1.38.0/src/runtime/task/core.rs:328:17`,
      },
      {
        language,
        type: 'panic',
        message: 'called `Option::unwrap()` on a `None` value',
        stack: `   0: rust_begin_unwind
             at /rustc/25ef9e3d85d934b27d9dada2f9dd52b1dc63bb04/library/std/src/panicking.rs:647:5
   1: core::option::unwrap_failed
             at /rustc/25ef9e3d85d934b27d9dada2f9dd52b1dc63bb04/library/core/src/option.rs:1984:5
   2: shop::cart::Cart::price::haaaaaaaaaaaaaaaa
             at /app/src/cart.rs:17:9
   3: shop::api::checkout::{{closure}}::hbbbbbbbbbbbbbbbb
             at /app/src/api.rs:44:13`,
      },
    ],
  },
  {
    name: 'rust: unwrap elsewhere',
    entries: [
      {
        language,
        type: 'panic',
        message: 'called `Option::unwrap()` on a `None` value',
        stack: `   0: rust_begin_unwind
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/std/src/panicking.rs:665:5
   2: shop::cart::Cart::remove::h0123456789abcdef
             at ./src/cart.rs:52:9
   3: shop::api::checkout::{{closure}}::hfedcba9876543210
             at ./src/api.rs:40:13`,
      },
    ],
  },
  {
    name: 'rust: no places',
    entries: [
      {
        language: '',
        type: 'shop::Error',
        message: 'stock of 12 is gone',
        stack: `stack backtrace:
   0: <shop::stock::Error as core::convert::From<sqlx::Error>>::from
   1: shop::stock::reserve::h1111111111111111
   2: core::ops::function::FnOnce::call_once
   3: std::rt::lang_start_internal`,
      },
      {
        language: '',
        type: 'shop::Error',
        message: 'stock of 13 is gone',
        stack: `stack backtrace:
   0: <shop::stock::Error as core::convert::From<sqlx::Error>>::from
   1: shop::stock::reserve::h2222222222222222
   2: core::ops::function::FnOnce::call_once`,
      },
    ],
  },
];
