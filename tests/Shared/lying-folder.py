"""A file system over another folder that lies as network file systems do: lying-folder.py BACKING MOUNTPOINT LIES

LIES is a file with one lie a line, read before each operation: OPERATION ERROR PATTERN
  rename EIO   does it, then reports that it failed
  fsync ENOSPC reports that it failed, and the file has lost its second half
  read ESTALE  of a handle that is open
  getattr EIO  can't say whether it is there
  list -       leaves names out
  unlink -     reports that it is removed, and keeps it
The pattern is searched for in the path below the mount point, such as /1_2.jpg; that of a rename is the new one.
"""
import errno
import os
import re
import sys

from fusepy import FUSE, FuseOSError, Operations

ATTRIBUTES = ("st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size", "st_uid")


class LyingFolder(Operations):
    def __init__(self, backing, lies):
        self.backing, self.lies = backing, lies

    def error_for(self, operation, path):
        """The error of a lie about a path; 0 for one without an error, None if the truth is told."""
        with open(self.lies) as lies:
            for lie in lies.read().splitlines():
                name, error, pattern = lie.split()
                if name == operation and re.search(pattern, path):
                    return getattr(errno, error, 0)
        return None

    def real(self, path):
        return self.backing + path

    def getattr(self, path, handle=None):
        if error := self.error_for("getattr", path):
            raise FuseOSError(error)
        try:
            found = os.lstat(self.real(path)) if handle is None else os.fstat(handle)
        except OSError as exception:
            raise FuseOSError(exception.errno) from exception
        return {name: getattr(found, name) for name in ATTRIBUTES}

    def readdir(self, path, handle):
        names = os.listdir(self.real(path))
        return [".", ".."] + [name for name in names if self.error_for("list", "/" + name) is None]

    def create(self, path, mode, info=None):
        return os.open(self.real(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path, flags):
        return os.open(self.real(path), flags)

    def read(self, path, size, offset, handle):
        if error := self.error_for("read", path):
            raise FuseOSError(error)
        return os.pread(handle, size, offset)

    def write(self, path, data, offset, handle):
        return os.pwrite(handle, data, offset)

    def truncate(self, path, length, handle=None):
        os.truncate(self.real(path), length)

    def unlink(self, path):
        if self.error_for("unlink", path) is None:
            os.unlink(self.real(path))

    def mkdir(self, path, mode):
        os.mkdir(self.real(path), mode)

    def rmdir(self, path):
        os.rmdir(self.real(path))

    def rename(self, old, new):
        os.rename(self.real(old), self.real(new))
        if error := self.error_for("rename", new):
            raise FuseOSError(error)

    def fsync(self, path, only_data, handle):
        if error := self.error_for("fsync", path):
            os.ftruncate(handle, os.fstat(handle).st_size // 2)
            raise FuseOSError(error)
        os.fsync(handle)

    def fsyncdir(self, path, only_data, handle):
        return 0

    def release(self, path, handle):
        os.close(handle)

    def utimens(self, path, times=None):
        os.utime(self.real(path), times)

    def chmod(self, path, mode):
        os.chmod(self.real(path), mode)

    def statfs(self, path):
        found = os.statvfs(self.real(path))
        return {name: getattr(found, name) for name in ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_flag", "f_frsize", "f_namemax")}


# Nothing is cached, so that each lie is seen at once.
FUSE(LyingFolder(sys.argv[1], sys.argv[3]), sys.argv[2], foreground=True, direct_io=True, attr_timeout=0, entry_timeout=0, nothreads=False)
