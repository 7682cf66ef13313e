using System.Runtime.InteropServices;
using ImageBackend.Infrastructure.Files;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>Tells faults of the disk from those of a picture.</summary>
internal static class VipsFaults
{
    // libvips tells the system's errors in the system's words only.
    private static readonly (int Number, string Words)[] InTheSystemsWords = [.. DiskFaults.Numbers.Select(number => (number, Marshal.GetPInvokeErrorMessage(number)))];

    /// <returns>The exception itself, or what .NET would have thrown where libvips met the same; null: it is not the disk's fault.</returns>
    public static Exception? DiskFaultIn(Exception exception) => exception switch
    {
        VipsException => InTheSystemsWords.FirstOrDefault(one => exception.Message.Contains(one.Words, StringComparison.Ordinal)) is { Number: > 0 } found
            ? new IOException(exception.Message, found.Number)
            : null,
        _ => DiskFaults.IsOfDisk(exception) ? exception : null,
    };
}
