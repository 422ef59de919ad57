// Ruby: full_message and backtraces, before and after 3.4.
import type { CorpusGroup } from './corpus.ts';

const language = 'ruby';

export const ruby: readonly CorpusGroup[] = [
  {
    name: 'ruby: nil in the cart',
    entries: [
      {
        language,
        type: 'NoMethodError',
        message: "undefined method 'total' for nil",
        stack: `/app/app/models/cart.rb:12:in \`price': undefined method 'total' for nil (NoMethodError)
	from /app/app/controllers/carts_controller.rb:8:in \`block in show'
	from /usr/local/bundle/ruby/3.3.0/gems/actionpack-7.1.3/lib/action_controller/metal/basic_implicit_render.rb:6:in \`send_action'
`,
      },
      {
        language,
        type: 'NoMethodError',
        message: "undefined method 'total' for nil",
        stack: `/srv/releases/20260820101500/app/models/cart.rb:15:in 'Cart#price': undefined method 'total' for nil (NoMethodError)
	from /srv/releases/20260820101500/app/controllers/carts_controller.rb:9:in 'block (2 levels) in CartsController#show'
	from /usr/local/bundle/ruby/3.4.0/gems/actionpack-8.0.1/lib/action_controller/metal/basic_implicit_render.rb:8:in 'ActionController::BasicImplicitRender#send_action'
`,
      },
      {
        // A joined backtrace, no header.
        language,
        type: 'NoMethodError',
        message: "undefined method 'total' for nil",
        stack: `/app/app/models/cart.rb:12:in \`price'
/app/app/controllers/carts_controller.rb:8:in \`block in show'
/usr/local/bundle/ruby/3.3.0/gems/rack-3.0.9/lib/rack/method_override.rb:28:in \`call'`,
      },
    ],
  },
  {
    name: 'ruby: nil in another method',
    entries: [
      {
        language,
        type: 'NoMethodError',
        message: "undefined method 'total' for nil",
        stack: `/app/app/models/cart.rb:22:in \`discount': undefined method 'total' for nil (NoMethodError)
	from /app/app/controllers/carts_controller.rb:8:in \`block in show'
`,
      },
    ],
  },
  {
    name: 'ruby: a cause at the end',
    entries: [
      {
        language,
        type: 'Shop::SyncFailed',
        message: 'sync 12 failed',
        stack: `/app/lib/sync.rb:9:in \`run': sync 12 failed (Shop::SyncFailed)
	from /app/bin/sync:3:in \`<main>'
/app/lib/http.rb:4:in \`get': Connection refused - connect(2) for 10.0.0.7:443 (Errno::ECONNREFUSED)
	from /app/lib/sync.rb:7:in \`run'
	from /app/bin/sync:3:in \`<main>'
`,
      },
      {
        language,
        type: 'Shop::SyncFailed',
        message: 'sync 13 failed',
        stack: `/app/lib/sync.rb:11:in \`run': sync 13 failed (Shop::SyncFailed)
	from /app/bin/sync:3:in \`<main>'
/app/lib/http.rb:5:in \`get': Connection refused - connect(2) for 10.0.0.9:443 (Errno::ECONNREFUSED)
	from /app/lib/sync.rb:8:in \`run'
	from /app/bin/sync:3:in \`<main>'
`,
      },
    ],
  },
  {
    name: 'ruby: an ERB template',
    entries: [
      {
        language,
        type: 'ActionView::Template::Error',
        message: "undefined local variable or method 'usr'",
        stack: `/app/app/views/users/show.html.erb:3:in \`_app_views_users_show_html_erb___1234567890_98760'
/app/app/controllers/users_controller.rb:5:in \`show'`,
      },
      {
        language,
        type: 'ActionView::Template::Error',
        message: "undefined local variable or method 'usr'",
        stack: `/app/app/views/users/show.html.erb:4:in \`_app_views_users_show_html_erb__4455667788_12340'
/app/app/controllers/users_controller.rb:6:in \`show'`,
      },
    ],
  },
];
