using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Upload;

/// <summary>Takes in one photo: names it, checks it, makes its thumbnails and puts all into the incoming storage.</summary>
/// <param name="Content">Read once, to its end; stays open. What it throws passes through.</param>
public sealed record UploadImage(Stream Content) : IRequest<UploadedImage>;

/// <param name="Key">The original's new name.</param>
/// <param name="Size">In pixels of the upright picture.</param>
/// <param name="Bytes">Of the file that was sent.</param>
public sealed record UploadedImage(ImageKey Key, PixelSize Size, long Bytes);

internal sealed class UploadImageValidator : AbstractValidator<UploadImage>
{
    public UploadImageValidator() => RuleFor(request => request.Content).Must(content => content.CanRead);
}

internal sealed class UploadImageHandler(
    ThumbnailSet set,
    IncomingWriter incoming,
    Intake intake,
    IWorkspaces workspaces,
    KeyMint mint,
    UploadLimits limits,
    IModernBacklog backlog)
    : IRequestHandler<UploadImage, UploadedImage>
{
    public async Task<UploadedImage> Handle(UploadImage request, CancellationToken cancellationToken)
    {
        using IWorkspace workspace = workspaces.Open();
        long bytes = await ReceiveAsync(request.Content, workspace, cancellationToken);
        CheckedOriginal original = await intake.CheckAsync(workspace, OriginalFile.Name, cancellationToken);
        ImageKey key = await mint.MintAsync(original.Format, cancellationToken);
        await incoming.WriteAsync(workspace, original.FileName, key, crop: null, cancellationToken);
        if (set.ModernFormats.Count > 0)
        {
            backlog.Add(key);
        }

        return new UploadedImage(key, original.Size, bytes);
    }

    private async Task<long> ReceiveAsync(Stream content, IWorkspace workspace, CancellationToken cancellationToken)
    {
        long bytes = await workspace.ReceiveAsync(OriginalFile.Name, content, limits.MaxBytes, cancellationToken);
        limits.Check(bytes);
        return bytes;
    }
}
