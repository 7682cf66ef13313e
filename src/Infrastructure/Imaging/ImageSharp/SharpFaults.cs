using ImageBackend.Application.Abstractions;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

internal static class SharpFaults
{
    /// <summary>Lets the library read something of a stranger's file.</summary>
    /// <exception cref="InvalidImageException">The file is damaged.</exception>
    public static T InReading<T>(Func<T> read, CancellationToken cancellationToken)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (MayComeOfTheFile(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is damaged or cut off.", inner: exception);
        }
    }

    /// <returns>Whether the library says itself that a picture is broken.</returns>
    public static bool IsOfPicture(Exception exception) => exception is ImageFormatException or ImageProcessingException or InvalidMemoryOperationException;

    // The library's parsers were written for files that are what they claim to be: hostile ones make them leave their arrays, or divide by zero.
    private static bool MayComeOfTheFile(Exception exception) =>
        IsOfPicture(exception)
        || exception is EndOfStreamException or InvalidDataException or ArithmeticException or IndexOutOfRangeException or ArgumentException
            or NullReferenceException or InvalidOperationException or NotSupportedException or KeyNotFoundException or InvalidCastException;
}
