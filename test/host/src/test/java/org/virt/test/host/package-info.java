/** Tests with network namespaces, real filters and real machines. */
package org.virt.test.host;
