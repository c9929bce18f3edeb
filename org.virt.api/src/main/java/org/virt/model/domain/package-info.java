/**
 * Domain XML as objects (libvirt's formatdomain): what the drivers read is modelled, everything
 * else is kept. Fields are named like the elements and attributes; null means absent, lists are
 * never null. The objects are for one thread.
 */
@Export
@Version("0.1.0")
@XmlAccessorType(XmlAccessType.FIELD)
package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
