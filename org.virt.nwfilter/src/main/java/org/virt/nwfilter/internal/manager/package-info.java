/**
 * The filter manager. All its state belongs to one thread, the {@link
 * org.virt.nwfilter.internal.manager.Loop}: requests, learned addresses, vanished interfaces and
 * techniques that come or go are tasks of that thread; when it has run all that have arrived, the
 * {@link org.virt.nwfilter.internal.manager.Enforcer} compiles and commits what they changed as one
 * batch. Readers see immutable snapshots.
 */
package org.virt.nwfilter.internal.manager;
