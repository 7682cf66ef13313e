using System.Runtime.InteropServices;
using ImageBackend.Infrastructure.Files;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Tells disk faults from faults of a picture.</summary>
internal static class VipsFaults
{
    // libvips reports the system's errors only in the system's words.
    private static readonly (int Number, string Words)[] InTheSystemsWords = [.. DiskFaults.Numbers.Select(number => (number, Marshal.GetPInvokeErrorMessage(number)))];

    /// <returns>The exception itself, or what .NET would have thrown for the same error; null: it is not the disk's fault.</returns>
    public static Exception? DiskFaultIn(Exception exception) => exception switch
    {
        VipsException => InTheSystemsWords.FirstOrDefault(one => exception.Message.Contains(one.Words, StringComparison.Ordinal)) is { Number: > 0 } found
            ? new IOException(exception.Message, found.Number)
            : null,
        _ => DiskFaults.IsOfDisk(exception) ? exception : null,
    };
}
