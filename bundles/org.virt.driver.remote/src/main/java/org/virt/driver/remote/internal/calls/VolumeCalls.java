package org.virt.driver.remote.internal.calls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolume.Type;
import org.virt.api.storage.StorageVolumes;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.driver.remote.internal.link.LinkStream;
import org.virt.rpc.XdrStruct;

/** Asks about volumes of storage pools. Their content goes over a connection of its own. */
record VolumeCalls(Far far) implements StorageVolumes {
  private static final int CHUNK = 256 * 1024;
  private static final long FROM_THE_START = 0;
  private static final long TO_THE_END = 0;

  @Override
  public List<StorageVolume> storageVolumes(String pool) throws VirtException {
    List<StorageVolume> volumes = new ArrayList<>();
    XdrStruct named = PoolCalls.pool(far, pool);
    for (XdrStruct volume :
        far.call("storage_pool_list_all_volumes", named, 1, 0).structs("vols")) {
      volumes.add(described(volume));
    }
    return volumes;
  }

  @Override
  public StorageVolume storageVolume(String pool, String name) throws VirtException {
    return described(volume(pool, name));
  }

  @Override
  public String storageVolumeXml(String pool, String name) throws VirtException {
    return far.call("storage_vol_get_xml_desc", volume(pool, name), 0).text("xml");
  }

  @Override
  public String createStorageVolume(String pool, String xml) throws VirtException {
    XdrStruct named = PoolCalls.pool(far, pool);
    return far.callLong("storage_vol_create_xml", named, xml, 0).struct("vol").text("name");
  }

  @Override
  public String cloneStorageVolume(String pool, String xml, String source) throws VirtException {
    XdrStruct named = PoolCalls.pool(far, pool);
    return far.callLong("storage_vol_create_xml_from", named, xml, volume(pool, source), 0)
        .struct("vol")
        .text("name");
  }

  @Override
  public void deleteStorageVolume(String pool, String name) throws VirtException {
    far.callLong("storage_vol_delete", volume(pool, name), 0);
  }

  @Override
  public void wipeStorageVolume(String pool, String name) throws VirtException {
    far.callLong("storage_vol_wipe", volume(pool, name), 0);
  }

  @Override
  public void resizeStorageVolume(String pool, String name, long capacity) throws VirtException {
    far.callLong("storage_vol_resize", volume(pool, name), capacity, 0);
  }

  @Override
  public long downloadStorageVolume(String pool, String name, OutputStream to)
      throws VirtException {
    XdrStruct volume = volume(pool, name);
    try (Far own = far.separate();
        LinkStream stream = LinkStream.patient(far.limit())) {
      own.open(stream, "storage_vol_download", volume, FROM_THE_START, TO_THE_END, 0);
      return stream.input().transferTo(to);
    } catch (IOException e) {
      throw failed("download", name, e);
    }
  }

  @Override
  public void uploadStorageVolume(String pool, String name, InputStream from, long length)
      throws VirtException {
    XdrStruct volume = volume(pool, name);
    try (Far own = far.separate();
        LinkStream stream = LinkStream.patient(far.limit())) {
      own.open(stream, "storage_vol_upload", volume, FROM_THE_START, length, 0);
      byte[] chunk = new byte[CHUNK];
      long left = length;
      while (left > 0) {
        int count = from.read(chunk, 0, (int) Math.min(chunk.length, left));
        if (count < 0) {
          throw new IOException("%d bytes are missing".formatted(left));
        }
        stream.output().write(chunk, 0, count);
        left -= count;
      }
      stream.finish(far.limit());
    } catch (IOException e) {
      throw failed("upload", name, e);
    }
  }

  private StorageVolume described(XdrStruct volume) throws VirtException {
    Answer path = far.begin("storage_vol_get_path", volume);
    XdrStruct info = far.call("storage_vol_get_info", volume);
    return new StorageVolume(
        volume.text("pool"),
        volume.text("name"),
        volume.text("key"),
        far.await(path).text("name"),
        Enums.at(Type.values(), info.integer("type")),
        info.wide("capacity"),
        info.wide("allocation"));
  }

  private XdrStruct volume(String pool, String name) throws VirtException {
    return far.call("storage_vol_lookup_by_name", PoolCalls.pool(far, pool), name).struct("vol");
  }

  private static VirtException failed(String action, String name, IOException e) {
    return new VirtException(
        ErrorCode.OPERATION_FAILED, "%s volume %s: %s".formatted(action, name, e.getMessage()), e);
  }
}
