// Java and Kotlin: chains with the root last, proxies, lambdas, suppressed exceptions.
import type { CorpusGroup } from './corpus.ts';

const language = 'java';

export const java: readonly CorpusGroup[] = [
  {
    name: 'java: a null in the order service',
    entries: [
      {
        language,
        type: 'java.lang.NullPointerException',
        message: 'Cannot invoke "Order.getTotal()" because "order" is null',
        stack: `java.lang.NullPointerException: Cannot invoke "Order.getTotal()" because "order" is null
	at com.acme.shop.OrderService.total(OrderService.java:42)
	at com.acme.shop.OrderController.show(OrderController.java:18)
	at java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)
	at java.base/java.lang.reflect.Method.invoke(Method.java:580)
	at org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:255)
	at java.base/java.lang.Thread.run(Thread.java:1583)
`,
      },
      {
        // Another JDK, through reflection accessors, other lines, with the jar's name.
        language,
        type: 'java.lang.NullPointerException',
        message: 'Cannot invoke "Order.getTotal()" because "order" is null',
        stack: `java.lang.NullPointerException: Cannot invoke "Order.getTotal()" because "order" is null
	at com.acme.shop.OrderService.total(OrderService.java:57) ~[shop-1.4.3.jar:1.4.3]
	at com.acme.shop.OrderController.show(OrderController.java:21) ~[shop-1.4.3.jar:1.4.3]
	at jdk.internal.reflect.GeneratedMethodAccessor193.invoke(Unknown Source) ~[?:?]
	at java.lang.reflect.Method.invoke(Method.java:498) ~[?:1.8.0_402]
`,
      },
      {
        // Through a proxy that Spring made.
        language: '',
        type: 'java.lang.NullPointerException',
        message: 'Cannot invoke "Order.getTotal()" because "order" is null',
        stack: `Exception in thread "http-nio-8080-exec-7" java.lang.NullPointerException: Cannot invoke "Order.getTotal()" because "order" is null
	at com.acme.shop.OrderService.total(OrderService.java:42)
	at com.acme.shop.OrderController.show(OrderController.java:18)
	at org.springframework.cglib.proxy.MethodProxy.invoke(MethodProxy.java:218)
`,
      },
    ],
  },
  {
    name: 'java: the same null in another method',
    entries: [
      {
        language,
        type: 'java.lang.NullPointerException',
        message: 'Cannot invoke "Order.getTotal()" because "order" is null',
        stack: `java.lang.NullPointerException: Cannot invoke "Order.getTotal()" because "order" is null
	at com.acme.shop.OrderService.refund(OrderService.java:77)
	at com.acme.shop.OrderController.show(OrderController.java:18)
`,
      },
    ],
  },
  {
    name: 'java: postgres away, behind two wrappers',
    entries: [
      {
        language,
        type: 'com.acme.shop.CheckoutFailed',
        message: 'checkout 8812 failed',
        stack: `com.acme.shop.CheckoutFailed: checkout 8812 failed
	at com.acme.shop.Checkout.pay(Checkout.java:31)
	at com.acme.shop.CheckoutController.post(CheckoutController.java:22)
Caused by: org.springframework.dao.DataAccessResourceFailureException: Unable to acquire JDBC Connection
	at org.springframework.orm.jpa.vendor.HibernateJpaDialect.convert(HibernateJpaDialect.java:277)
	at com.acme.shop.OrderRepository.save(OrderRepository.java:12)
	... 12 more
Caused by: java.net.ConnectException: Connection refused
	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
	at org.postgresql.core.PGStream.createSocket(PGStream.java:243)
	... 41 more
`,
      },
      {
        language,
        type: 'com.acme.shop.CheckoutFailed',
        message: 'checkout 17 failed',
        stack: `com.acme.shop.CheckoutFailed: checkout 17 failed
	at com.acme.shop.Checkout.pay(Checkout.java:35)
	at com.acme.shop.CheckoutController.post(CheckoutController.java:25)
Caused by: org.springframework.dao.DataAccessResourceFailureException: Unable to acquire JDBC Connection
	at org.springframework.orm.jpa.vendor.HibernateJpaDialect.convert(HibernateJpaDialect.java:290)
	at com.acme.shop.OrderRepository.save(OrderRepository.java:14)
	... 14 more
Caused by: java.net.ConnectException: Connection refused
	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
	at org.postgresql.core.PGStream.createSocket(PGStream.java:260)
	... 44 more
`,
      },
      {
        // With a suppressed one, which is no part of the chain.
        language,
        type: 'com.acme.shop.CheckoutFailed',
        message: 'checkout 18 failed',
        stack: `com.acme.shop.CheckoutFailed: checkout 18 failed
	at com.acme.shop.Checkout.pay(Checkout.java:35)
	Suppressed: java.lang.IllegalStateException: closed
		at com.acme.shop.Basket.close(Basket.java:3)
	Caused by: java.io.IOException: disk
		at com.acme.shop.Basket.flush(Basket.java:9)
Caused by: org.springframework.dao.DataAccessResourceFailureException: Unable to acquire JDBC Connection
	at com.acme.shop.OrderRepository.save(OrderRepository.java:14)
	... 14 more
Caused by: java.net.ConnectException: Connection refused
	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
	... 44 more
`,
      },
    ],
  },
  {
    name: 'java: unknown host behind the same wrappers',
    entries: [
      {
        language,
        type: 'com.acme.shop.CheckoutFailed',
        message: 'checkout 8812 failed',
        stack: `com.acme.shop.CheckoutFailed: checkout 8812 failed
	at com.acme.shop.Checkout.pay(Checkout.java:31)
Caused by: org.springframework.dao.DataAccessResourceFailureException: Unable to acquire JDBC Connection
	at com.acme.shop.OrderRepository.save(OrderRepository.java:12)
	... 12 more
Caused by: java.net.UnknownHostException: orders-db
	at java.base/sun.nio.ch.NioSocketImpl.connect(NioSocketImpl.java:567)
	... 41 more
`,
      },
    ],
  },
  {
    name: 'java: in a lambda',
    entries: [
      {
        language,
        type: 'java.lang.IllegalArgumentException',
        message: 'negative amount: -5',
        stack: `java.lang.IllegalArgumentException: negative amount: -5
	at com.acme.pay.Money.of(Money.java:9)
	at com.acme.pay.Ledger.lambda$post$3(Ledger.java:51)
	at com.acme.pay.Ledger$$Lambda$812/0x0000000800c8d440.accept(Unknown Source)
	at java.base/java.util.ArrayList.forEach(ArrayList.java:1596)
	at com.acme.pay.Ledger.post(Ledger.java:50)
`,
      },
      {
        language,
        type: 'java.lang.IllegalArgumentException',
        message: 'negative amount: -120',
        stack: `java.lang.IllegalArgumentException: negative amount: -120
	at com.acme.pay.Money.of(Money.java:9)
	at com.acme.pay.Ledger.lambda$post$5(Ledger.java:58)
	at com.acme.pay.Ledger$$Lambda/0x00007f1c2c1f3a10.accept(Unknown Source)
	at java.base/java.util.ArrayList.forEach(ArrayList.java:1597)
	at com.acme.pay.Ledger.post(Ledger.java:57)
`,
      },
    ],
  },
  {
    name: 'java: enhanced by CGLIB',
    entries: [
      {
        language,
        type: 'java.lang.IllegalStateException',
        message: 'no tenant',
        stack: `java.lang.IllegalStateException: no tenant
	at com.acme.core.TenantFilter.current(TenantFilter.java:20)
	at com.acme.core.Audit$$EnhancerBySpringCGLIB$$8a1b2c3d.write(<generated>)
	at com.acme.core.Jobs.run(Jobs.java:7)
`,
      },
      {
        language,
        type: 'java.lang.IllegalStateException',
        message: 'no tenant',
        stack: `java.lang.IllegalStateException: no tenant
	at com.acme.core.TenantFilter.current(TenantFilter.java:26)
	at com.acme.core.Audit$$EnhancerBySpringCGLIB$$f00dcafe.write(<generated>)
	at com.acme.core.Jobs.run(Jobs.java:9)
`,
      },
    ],
  },
  {
    name: 'kotlin: a coroutine',
    entries: [
      {
        language,
        type: 'kotlin.UninitializedPropertyAccessException',
        message: 'lateinit property client has not been initialized',
        stack: `kotlin.UninitializedPropertyAccessException: lateinit property client has not been initialized
	at com.acme.mobile.Api.getClient(Api.kt:14)
	at com.acme.mobile.Api$load$2.invokeSuspend(Api.kt:31)
	at kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith(ContinuationImpl.kt:33)
	at kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:104)
`,
      },
      {
        language,
        type: 'kotlin.UninitializedPropertyAccessException',
        message: 'lateinit property client has not been initialized',
        stack: `kotlin.UninitializedPropertyAccessException: lateinit property client has not been initialized
	at com.acme.mobile.Api.getClient(Api.kt:16)
	at com.acme.mobile.Api$load$3.invokeSuspend(Api.kt:40)
	at kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:111)
`,
      },
    ],
  },
  {
    name: 'kotlin: another property',
    entries: [
      {
        language,
        type: 'kotlin.UninitializedPropertyAccessException',
        message: 'lateinit property session has not been initialized',
        stack: `kotlin.UninitializedPropertyAccessException: lateinit property session has not been initialized
	at com.acme.mobile.Api.getSession(Api.kt:15)
	at com.acme.mobile.Api$load$2.invokeSuspend(Api.kt:31)
`,
      },
    ],
  },
  {
    name: 'java: the heap is full, only JDK frames',
    entries: [
      {
        language,
        type: 'java.lang.OutOfMemoryError',
        message: 'Java heap space',
        stack: `java.lang.OutOfMemoryError: Java heap space
	at java.base/java.util.Arrays.copyOf(Arrays.java:3537)
	at java.base/java.lang.StringBuilder.append(StringBuilder.java:179)
`,
      },
      {
        language,
        type: 'java.lang.OutOfMemoryError',
        message: 'Java heap space',
        stack: `java.lang.OutOfMemoryError: Java heap space
	at java.base/java.nio.HeapByteBuffer.<init>(HeapByteBuffer.java:71)
`,
      },
    ],
  },
  {
    name: 'java: SQL error on a missing table',
    entries: [
      {
        language,
        type: 'org.postgresql.util.PSQLException',
        message: 'ERROR: relation "orders" does not exist\n  Position: 15',
        stack: `org.postgresql.util.PSQLException: ERROR: relation "orders" does not exist
  Position: 15
	at org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2713)
	at com.acme.shop.OrderDao.find(OrderDao.java:33)
`,
      },
      {
        language,
        type: 'org.postgresql.util.PSQLException',
        message: 'ERROR: relation "orders" does not exist\n  Position: 88',
        stack: `org.postgresql.util.PSQLException: ERROR: relation "orders" does not exist
  Position: 88
	at org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2725)
	at com.acme.shop.OrderDao.find(OrderDao.java:39)
`,
      },
    ],
  },
  {
    name: 'java: SQL error on another missing table',
    entries: [
      {
        language,
        type: 'org.postgresql.util.PSQLException',
        message: 'ERROR: relation "refunds" does not exist\n  Position: 15',
        stack: `org.postgresql.util.PSQLException: ERROR: relation "refunds" does not exist
  Position: 15
	at org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2713)
	at com.acme.shop.OrderDao.find(OrderDao.java:33)
`,
      },
    ],
  },
];
