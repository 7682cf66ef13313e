using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Metadata;

/// <summary>Takes out of an original what the site does not want to publish, before it is stored. For all that store originals.</summary>
internal sealed class OriginalStripper(PrivacyRules rules)
{
    private const string StrippedName = "stripped";

    /// <summary>Nothing is decoded: thumbnails are to be made of what comes out, which proves that it is whole.</summary>
    /// <param name="fileName">A file of the workspace.</param>
    /// <returns>The file to store: another one, or the same where nothing is to be done. (A drawing is sanitised, which leaves metadata only in pictures embedded in it.)</returns>
    /// <exception cref="StorageException">The temp folder does not work.</exception>
    public string Strip(IWorkspace workspace, string fileName, ImageFormat format)
    {
        if (rules.Strip == Stripping.None || format == ImageFormat.Svg)
        {
            return fileName;
        }

        workspace.Write(StrippedName, destination =>
        {
            using Stream source = workspace.OpenRead(fileName);
            Strip(source, destination, format, rules.Strip);
        });
        return StrippedName;
    }

    /// <param name="source">Seekable, at its start.</param>
    /// <param name="format">JPEG, PNG or GIF.</param>
    /// <param name="what">Not <see cref="Stripping.None"/>.</param>
    internal static void Strip(Stream source, Stream destination, ImageFormat format, Stripping what)
    {
        if (format == ImageFormat.Jpeg)
        {
            JpegStripper.Strip(source, destination, what);
        }
        else if (format == ImageFormat.Png)
        {
            PngStripper.Strip(source, destination, what);
        }
        else
        {
            GifStripper.Strip(source, destination, what);
        }
    }
}
