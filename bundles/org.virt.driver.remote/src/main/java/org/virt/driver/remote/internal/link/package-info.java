/** Messages to and from the other end: calls, streams, events, and their time limits. */
package org.virt.driver.remote.internal.link;
