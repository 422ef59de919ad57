// .NET: Exception.ToString() with inner exceptions, async state machines, lambdas.
import type { CorpusGroup } from './corpus.ts';

const language = 'dotnet';

export const dotnet: readonly CorpusGroup[] = [
  {
    name: 'dotnet: object reference in the basket',
    entries: [
      {
        language,
        type: 'System.NullReferenceException',
        message: 'Object reference not set to an instance of an object.',
        stack: `System.NullReferenceException: Object reference not set to an instance of an object.
   at Acme.Shop.Basket.Total(Int32 customerId) in /src/Shop/Basket.cs:line 42
   at Acme.Shop.BasketController.Get(Int32 id) in /src/Shop/BasketController.cs:line 18
   at Microsoft.AspNetCore.Mvc.Infrastructure.ActionMethodExecutor.Execute(ActionContext context)
   at System.Threading.Tasks.Task.Run()`,
      },
      {
        language,
        type: 'System.NullReferenceException',
        message: 'Object reference not set to an instance of an object.',
        stack: `System.NullReferenceException: Object reference not set to an instance of an object.
   at Acme.Shop.Basket.Total(Int32 customerId) in D:\\a\\1\\s\\src\\Shop\\Basket.cs:line 57
   at Acme.Shop.BasketController.Get(Int32 id) in D:\\a\\1\\s\\src\\Shop\\BasketController.cs:line 20
   at lambda_method12(Closure, Object, Object[])
   at Microsoft.AspNetCore.Mvc.Infrastructure.ActionMethodExecutor.Execute(ActionContext context)`,
      },
    ],
  },
  {
    name: 'dotnet: object reference elsewhere',
    entries: [
      {
        language,
        type: 'System.NullReferenceException',
        message: 'Object reference not set to an instance of an object.',
        stack: `System.NullReferenceException: Object reference not set to an instance of an object.
   at Acme.Shop.Basket.Clear(Int32 customerId) in /src/Shop/Basket.cs:line 61
   at Acme.Shop.BasketController.Get(Int32 id) in /src/Shop/BasketController.cs:line 18`,
      },
    ],
  },
  {
    name: 'dotnet: an async method',
    entries: [
      {
        language,
        type: 'System.InvalidOperationException',
        message: 'Sequence contains no elements',
        stack: `System.InvalidOperationException: Sequence contains no elements
   at System.Linq.ThrowHelper.ThrowNoElementsException()
   at Acme.Orders.Repository.<FindAsync>d__5.MoveNext() in /src/Orders/Repository.cs:line 31
--- End of stack trace from previous location ---
   at System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw()
   at Acme.Orders.Handler.<HandleAsync>d__2.MoveNext() in /src/Orders/Handler.cs:line 12`,
      },
      {
        language,
        type: 'System.InvalidOperationException',
        message: 'Sequence contains no elements',
        stack: `System.InvalidOperationException: Sequence contains no elements
   at System.Linq.ThrowHelper.ThrowNoElementsException()
   at Acme.Orders.Repository.<FindAsync>d__7.MoveNext() in /src/Orders/Repository.cs:line 36
--- End of stack trace from previous location ---
   at Acme.Orders.Handler.<HandleAsync>d__3.MoveNext() in /src/Orders/Handler.cs:line 15`,
      },
      {
        language: '',
        type: 'System.InvalidOperationException',
        message: 'Sequence contains no elements',
        stack: `System.InvalidOperationException: Sequence contains no elements
   at Acme.Orders.Repository.FindAsync(Int32 id) in /src/Orders/Repository.cs:line 36
   at Acme.Orders.Handler.HandleAsync(Command command) in /src/Orders/Handler.cs:line 15`,
      },
    ],
  },
  {
    name: 'dotnet: SQL timeout inside a domain exception',
    entries: [
      {
        language,
        type: 'Acme.Shop.CheckoutFailed',
        message: 'Checkout 12 failed',
        stack: `Acme.Shop.CheckoutFailed: Checkout 12 failed
 ---> Npgsql.NpgsqlException (0x80004005): Exception while reading from stream
 ---> System.TimeoutException: Timeout during reading attempt
   at Npgsql.Internal.NpgsqlReadBuffer.Ensure(Int32 count)
   --- End of inner exception stack trace ---
   at Npgsql.NpgsqlCommand.ExecuteReader(CommandBehavior behavior)
   at Acme.Shop.Orders.Save(Order order) in /src/Shop/Orders.cs:line 9
   --- End of inner exception stack trace ---
   at Acme.Shop.Checkout.Pay(Order order) in /src/Shop/Checkout.cs:line 30`,
      },
      {
        language,
        type: 'Acme.Shop.CheckoutFailed',
        message: 'Checkout 99 failed',
        stack: `Acme.Shop.CheckoutFailed: Checkout 99 failed ---> Npgsql.NpgsqlException: Exception while reading from stream ---> System.TimeoutException: Timeout during reading attempt
   at Npgsql.Internal.NpgsqlReadBuffer.Ensure(Int32 count)
   --- End of inner exception stack trace ---
   at Npgsql.NpgsqlCommand.ExecuteReader(CommandBehavior behavior)
   at Acme.Shop.Orders.Save(Order order) in /build/Shop/Orders.cs:line 11
   --- End of inner exception stack trace ---
   at Acme.Shop.Checkout.Pay(Order order) in /build/Shop/Checkout.cs:line 33`,
      },
    ],
  },
  {
    name: 'dotnet: another inner exception',
    entries: [
      {
        language,
        type: 'Acme.Shop.CheckoutFailed',
        message: 'Checkout 12 failed',
        stack: `Acme.Shop.CheckoutFailed: Checkout 12 failed
 ---> System.Net.Sockets.SocketException (111): Connection refused
   at Npgsql.Internal.NpgsqlConnector.Connect(NpgsqlTimeout timeout)
   at Acme.Shop.Orders.Save(Order order) in /src/Shop/Orders.cs:line 9
   --- End of inner exception stack trace ---
   at Acme.Shop.Checkout.Pay(Order order) in /src/Shop/Checkout.cs:line 30`,
      },
    ],
  },
  {
    name: 'dotnet: a lambda with generics',
    entries: [
      {
        language,
        type: 'System.FormatException',
        message: "The input string 'abc' was not in a correct format.",
        stack: `System.FormatException: The input string 'abc' was not in a correct format.
   at System.Number.ThrowFormatException[TChar](ReadOnlySpan\`1 value)
   at Acme.Import.Csv.<>c__DisplayClass3_0.<Read>b__0(String cell) in /src/Import/Csv.cs:line 8
   at Acme.Import.Csv.Read[T](String path) in /src/Import/Csv.cs:line 7`,
      },
      {
        language,
        type: 'System.FormatException',
        message: "The input string 'abc' was not in a correct format.",
        stack: `System.FormatException: The input string 'abc' was not in a correct format.
   at System.Number.ThrowFormatException[TChar](ReadOnlySpan\`1 value)
   at Acme.Import.Csv.<>c__DisplayClass4_1.<Read>b__2(String cell) in /src/Import/Csv.cs:line 18
   at Acme.Import.Csv.Read[T](String path) in /src/Import/Csv.cs:line 17`,
      },
    ],
  },
];
