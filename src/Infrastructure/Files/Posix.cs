using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ImageBackend.Infrastructure.Files;

/// <summary>System calls that .NET does not offer.</summary>
internal static partial class Posix
{
    private const int ReadOnly = 0;
    private const int RelativeToCurrentFolder = -100; // AT_FDCWD
    private const int OfDescriptor = 0x1000; // AT_EMPTY_PATH
    private const uint BasicFacts = 0x7ff; // STATX_BASIC_STATS
    private const int Interrupted = 4; // EINTR
    private const int ToRun = 1; // X_OK

    // EBADF, EINVAL, ENOSYS, EOPNOTSUPP: answers of file systems that don't support it (CIFS before Linux 4.17, vboxsf, some FUSE and 9p).
    private static readonly int[] HasNoFlush = [9, 22, 38, 95];

    /// <summary>Writes a file to disk, if its file system can do that.</summary>
    /// <remarks><c>FileStream.Flush(true)</c> does the same, but ignores every error (as of .NET 10), also those of a full or broken disk.</remarks>
    /// <exception cref="IOException">The disk is full or has a fault: what was written before may be lost.</exception>
    public static void FlushFile(FileStream file)
    {
        file.Flush();
        int error = 0;
        while (FSync(file.SafeFileHandle) != 0 && (error = Marshal.GetLastPInvokeError()) == Interrupted)
        {
            error = 0;
        }

        if (error != 0 && !HasNoFlush.Contains(error))
        {
            throw LastError("fsync", file.Name);
        }
    }

    // O_DIRECTORY differs between processors (x86 and ARM); O_RDONLY alone opens a folder too.
    /// <summary>Writes a folder's entries to disk: afterwards, a rename or removal in it survives a power cut.</summary>
    /// <returns>False: its file system can't do that, and writes them when it chooses.</returns>
    /// <exception cref="IOException">The folder can't be opened or written.</exception>
    public static bool FlushFolder(string path)
    {
        int descriptor = OpenFolder(path);
        try
        {
            if (FSync(descriptor) == 0)
            {
                return true;
            }

            return HasNoFlush.Contains(Marshal.GetLastPInvokeError()) ? false : throw LastError("fsync", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <returns>Whether it is there and this process may run it: by its mode, and by what its disk allows.</returns>
    public static bool CanBeRun(string path) => Access(path, ToRun) == 0;

    /// <returns>The path of a folder without links, as this process sees it.</returns>
    /// <exception cref="IOException">The folder can't be opened.</exception>
    public static string RealPathOf(string path)
    {
        int descriptor = OpenFolder(path);
        try
        {
            return File.ResolveLinkTarget($"/proc/self/fd/{descriptor}", returnFinalTarget: false)?.FullName ?? path;
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <param name="path">Links are followed.</param>
    /// <returns>Null if it does not exist, or if the system has no such call.</returns>
    public static FileFacts? Look(string path) => OperatingSystem.IsLinux() ? Look(RelativeToCurrentFolder, path, 0) : null;

    /// <returns>Null if the system has no such call.</returns>
    public static FileFacts? Look(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            return Look((int)file.DangerousGetHandle(), "", OfDescriptor);
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    private static FileFacts? Look(int folder, string path, int flags) => StatX(folder, path, flags, BasicFacts, out StatXAnswer answer) == 0
        ? new FileFacts(((ulong)answer.DeviceMajor << 32) | answer.DeviceMinor, answer.Inode, answer.Owner)
        : null;

    private static int OpenFolder(string path)
    {
        int descriptor = Open(path, ReadOnly);
        return descriptor < 0 ? throw LastError("open", path) : descriptor;
    }

    private static IOException LastError(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <returns>ID of the user whose rights this process has.</returns>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint CurrentUser();

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    // Unlike stat's, its answer has the same layout on all processors.
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out StatXAnswer answer);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct StatXAnswer
    {
        [FieldOffset(20)]
        public readonly uint Owner;

        [FieldOffset(32)]
        public readonly ulong Inode;

        [FieldOffset(136)]
        public readonly uint DeviceMajor;

        [FieldOffset(140)]
        public readonly uint DeviceMinor;
    }
}

/// <summary>What the system knows of a file or folder: the same device and inode mean the same file, whatever its name.</summary>
/// <param name="Owner">User ID.</param>
internal readonly record struct FileFacts(ulong Device, ulong Inode, uint Owner);
