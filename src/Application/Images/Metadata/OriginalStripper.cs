using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Metadata;

/// <summary>Removes from an original what the site does not want to publish, before it is stored. For all that store originals.</summary>
public sealed class OriginalStripper(PrivacyRules rules, IImageProcessor processor)
{
    private const string StrippedName = "stripped";

    /// <summary>Nothing is decoded: thumbnails must be made from the result, which proves that it is whole.</summary>
    /// <param name="fileName">A file of the workspace.</param>
    /// <returns>The file to store: another one, or the same one if nothing is to be done. (A drawing is sanitised, which leaves metadata only in pictures embedded in it.)</returns>
    /// <exception cref="InvalidImageException">A limit is exceeded.</exception>
    /// <exception cref="StorageException">The temp folder does not work.</exception>
    public async Task<string> StripAsync(IWorkspace workspace, string fileName, ImageFormat format, CancellationToken cancellationToken)
    {
        if (rules.Strip == Stripping.None || format == ImageFormat.Svg)
        {
            return fileName;
        }

        await processor.StripAsync(workspace.PathOf(fileName), format, rules.Strip, workspace.PathOf(StrippedName), cancellationToken);
        return StrippedName;
    }
}
