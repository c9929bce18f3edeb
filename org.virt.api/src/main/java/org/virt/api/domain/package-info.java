/**
 * Facets: what can be done with machines and hosts beyond {@link org.virt.api.Domain} and {@link
 * org.virt.api.Connect}, one small interface for each area. Users get one by {@link
 * org.virt.api.Domain#facet} or {@link org.virt.api.Connect#facet}; drivers implement those that
 * they have and hand them out by {@code org.virt.spi.driver.Facets}. Methods carry the names of
 * libvirt's functions; one that a driver leaves out answers {@code NO_SUPPORT} with its name.
 */
@Export
@Version("0.1.0")
package org.virt.api.domain;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
