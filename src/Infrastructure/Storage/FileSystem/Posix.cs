using System.Runtime.InteropServices;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>What .NET has no call for.</summary>
internal static partial class Posix
{
    private const int ReadOnly = 0;

    // O_DIRECTORY differs between processors (x86 and ARM); O_RDONLY alone opens a folder too.
    /// <summary>Writes a folder's entries to disk: after it, a rename or a removal in it outlives a power cut.</summary>
    /// <exception cref="IOException">The folder can't be opened or written.</exception>
    public static void FlushFolder(string path)
    {
        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw LastError("open", path);
        }

        try
        {
            if (FSync(descriptor) != 0)
            {
                throw LastError("fsync", path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException LastError(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
