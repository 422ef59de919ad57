// PHP: getTraceAsString, __toString with previous exceptions, and OpenTelemetry's Java manner.
import type { CorpusGroup } from './corpus.ts';

const language = 'php';

export const php: readonly CorpusGroup[] = [
  {
    name: 'php: a null in checkout',
    entries: [
      {
        language,
        type: 'TypeError',
        message: 'Shop\\Cart::add(): Argument #1 ($item) must be of type Shop\\Item, null given',
        stack: `#0 /var/www/html/src/Checkout.php(31): Shop\\Cart->add(NULL)
#1 /var/www/html/src/Controller.php(12): Shop\\Checkout->run(Object(Request))
#2 /var/www/html/vendor/symfony/http-kernel/HttpKernel.php(163): Shop\\Controller->post()
#3 {main}`,
      },
      {
        language,
        type: 'TypeError',
        message: 'Shop\\Cart::add(): Argument #1 ($item) must be of type Shop\\Item, null given',
        stack: `#0 /app/src/Checkout.php(35): Shop\\Cart->add(NULL)
#1 /app/src/Controller.php(14): Shop\\Checkout->run(Object(Request))
#2 /app/vendor/symfony/http-kernel/HttpKernel.php(181): Shop\\Controller->post()
#3 {main}`,
      },
    ],
  },
  {
    name: 'php: the same null on another way',
    entries: [
      {
        language,
        type: 'TypeError',
        message: 'Shop\\Cart::add(): Argument #1 ($item) must be of type Shop\\Item, null given',
        stack: `#0 /var/www/html/src/Wishlist.php(31): Shop\\Cart->add(NULL)
#1 /var/www/html/src/Controller.php(12): Shop\\Wishlist->run(Object(Request))
#2 {main}`,
      },
    ],
  },
  {
    name: 'php: previous exception first',
    entries: [
      {
        language: '',
        type: 'Shop\\OrderFailed',
        message: 'order 12 failed',
        stack: `PDOException: SQLSTATE[42P01]: Undefined table in /var/www/html/src/Db.php:12
Stack trace:
#0 /var/www/html/src/Orders.php(9): Shop\\Db->query('SELECT 1')
#1 {main}

Next Shop\\OrderFailed: order 12 failed in /var/www/html/src/Orders.php:11
Stack trace:
#0 /var/www/html/public/index.php(3): Shop\\Orders->all()
#1 {main}`,
      },
      {
        language: '',
        type: 'Shop\\OrderFailed',
        message: 'order 77 failed',
        stack: `PDOException: SQLSTATE[42P01]: Undefined table in /app/src/Db.php:14
Stack trace:
#0 /app/src/Orders.php(10): Shop\\Db->query('SELECT 2')
#1 {main}

Next Shop\\OrderFailed: order 77 failed in /app/src/Orders.php:12
Stack trace:
#0 /app/public/index.php(4): Shop\\Orders->all()
#1 {main}`,
      },
    ],
  },
  {
    name: 'php: written by OpenTelemetry',
    entries: [
      {
        language,
        type: 'Shop\\PaymentDeclined',
        message: 'payment 5 declined',
        stack: `Shop\\PaymentDeclined: payment 5 declined
 at Shop\\Gateway.charge(Gateway.php:20)
 at Shop\\Checkout.pay(Checkout.php:31)
 at Symfony\\Component\\HttpKernel\\HttpKernel.handleRaw(HttpKernel.php:163)`,
      },
      {
        language,
        type: 'Shop\\PaymentDeclined',
        message: 'payment 612 declined',
        stack: `Shop\\PaymentDeclined: payment 612 declined
 at Shop\\Gateway.charge(Gateway.php:24)
 at Shop\\Checkout.pay(Checkout.php:36)`,
      },
    ],
  },
];
