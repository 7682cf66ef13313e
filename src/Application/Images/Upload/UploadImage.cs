using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Upload;

/// <summary>Accepts one photo: names it, checks it, makes its thumbnails and puts everything into the incoming storage.</summary>
/// <param name="Content">Read once, to its end; stays open. Its exceptions pass through.</param>
public sealed record UploadImage(Stream Content) : IRequest<UploadedImage>
{
    /// <summary>
    /// The stem of the new name, drawn beforehand; null: it is drawn now. Sent again with the same stem and content, as after a crash, it makes
    /// one image instead of two. If another image has that name, a new one is drawn.
    /// </summary>
    public string? Stem { get; init; }
}

/// <param name="Key">The original's new name.</param>
/// <param name="Size">In pixels of the upright picture.</param>
/// <param name="Bytes">The size of the original as it is stored.</param>
/// <param name="Sha256">Of the original as it is stored, in lower-case hexadecimal digits.</param>
/// <param name="TakenAt">From the EXIF of the file that was sent; null if it does not say.</param>
/// <param name="Gps">Likewise; also null unless the settings allow it to be revealed.</param>
/// <param name="IsAltered">Whether it is a drawing that looks different from what was sent, since something was left out.</param>
/// <param name="ConvertedFrom">The format that the photo was sent in; null if the original has that format.</param>
/// <param name="ThumbHash">A placeholder of the smallest thumbnail, in Base64; null: there are no thumbnails.</param>
/// <param name="Thumbnails">Those of the base format.</param>
public sealed record UploadedImage(
    ImageKey Key,
    PixelSize Size,
    long Bytes,
    string Sha256,
    TakenAt? TakenAt,
    GeoPoint? Gps,
    bool IsAltered,
    ImageFormat? ConvertedFrom,
    string? ThumbHash,
    IReadOnlyList<UploadedThumbnail> Thumbnails);

public sealed record UploadedThumbnail(ImageKey Key, string Suffix, PixelSize Size, long Bytes);

internal sealed class UploadImageValidator : AbstractValidator<UploadImage>
{
    public UploadImageValidator()
    {
        RuleFor(request => request.Content).Must(content => content.CanRead);
        RuleFor(request => request.Stem).Must(stem => ImageKey.TryParse($"{stem}.{ImageFormat.Jpeg}", out _)).When(request => request.Stem is not null);
    }
}

internal sealed class UploadImageHandler(
    ThumbnailSet set,
    IncomingWriter incoming,
    OriginalPreparer preparer,
    IWorkspaces workspaces,
    KeyMint mint,
    PrivacyRules privacy,
    IModernBacklog backlog)
    : IRequestHandler<UploadImage, UploadedImage>
{
    public async Task<UploadedImage> Handle(UploadImage request, CancellationToken cancellationToken)
    {
        try
        {
            UploadedImage image = await StoreAsync(request, cancellationToken);
            Measures.Upload(image.Key.Format.ToString(), Outcome.Ok, image.Bytes);
            return image;
        }
        catch (Exception exception)
        {
            Measures.Upload(format: null, Outcome.Of(exception));
            throw;
        }
    }

    private async Task<UploadedImage> StoreAsync(UploadImage request, CancellationToken cancellationToken)
    {
        using IWorkspace workspace = workspaces.Open();
        FileSum received = await preparer.ReceiveAsync(request.Content, workspace, cancellationToken);
        PreparedOriginal original = await preparer.PrepareAsync(workspace, OriginalFile.Name, convertedInto: null, cancellationToken);
        FileSum stored = original.FileName == OriginalFile.Name ? received : await workspace.SumAsync(original.FileName, cancellationToken);
        ImageKey key = request.Stem is { } stem
            ? await mint.ReuseAsync(ImageKey.Parse($"{stem}.{original.Format}"), stored.Bytes, cancellationToken)
            : await mint.MintAsync(original.Format, cancellationToken);
        IReadOnlyList<StoredThumbnail> thumbnails = await incoming.WriteAsync(new SourceImage(workspace, original.FileName, key, Crop: null), cancellationToken);
        if (set.ModernFormats.Count > 0)
        {
            backlog.Add(key);
        }

        return new UploadedImage(
            key,
            original.Size,
            stored.Bytes,
            stored.Sha256,
            original.Facts.TakenAt,
            privacy.ExposesGps ? original.Facts.Gps : null,
            original.IsAltered,
            original.ConvertedFrom,
            thumbnails.Select(one => one.ThumbHash).FirstOrDefault(),
            [.. thumbnails.Select(one => new UploadedThumbnail(one.Key, one.Spec.Suffix, one.Size, one.Bytes))]);
    }
}
