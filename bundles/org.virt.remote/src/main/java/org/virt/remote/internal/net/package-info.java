/** Bytes in and out of many clients with one thread. */
package org.virt.remote.internal.net;
