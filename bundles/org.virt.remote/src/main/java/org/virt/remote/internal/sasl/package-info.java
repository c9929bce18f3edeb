/** Clients that prove who they are by a password (SASL). */
package org.virt.remote.internal.sasl;
