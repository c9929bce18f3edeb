/** What several bundles share: processes, files, native calls. */
package org.virt.common.internal;
