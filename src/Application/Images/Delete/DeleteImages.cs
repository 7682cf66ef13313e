using System.Collections.Concurrent;
using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Delete;

/// <summary>Removes originals with all their thumbnails, from incoming and from active. A missing image is not an error.</summary>
/// <param name="Keys">Names of originals; a name that can't be an original's is ignored.</param>
public sealed record DeleteImages(IReadOnlyList<string> Keys) : IRequest<DeletedImages>;

/// <param name="Ignored">Names that are not the key of an original, as they were given.</param>
public sealed record DeletedImages(IReadOnlyList<string> Ignored);

internal sealed class DeleteImagesValidator : AbstractValidator<DeleteImages>
{
    public DeleteImagesValidator() => RuleFor(request => request.Keys).NotNull();
}

internal sealed class DeleteImagesHandler(ImageRemover remover, ThumbnailSet set, KeyLocks locks) : IRequestHandler<DeleteImages, DeletedImages>
{
    // Enough to hide a storage's latency, too few to flood it.
    private const int AtOnce = 8;

    public async Task<DeletedImages> Handle(DeleteImages request, CancellationToken cancellationToken)
    {
        List<ImageKey> originals = [];
        List<string> ignored = [];
        foreach (string name in request.Keys.Distinct(StringComparer.Ordinal))
        {
            if (ImageKey.TryParse(name, out ImageKey? key) && set.IsOriginal(key))
            {
                originals.Add(key);
            }
            else
            {
                ignored.Add(name);
            }
        }

        // A fault with one image does not keep the others from being removed; it is passed on at the end.
        Exception? fault = null;
        ConcurrentQueue<ImageKey> left = new(originals);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => RemoveOneAfterAnotherAsync()));
        return fault is null ? new DeletedImages(ignored) : throw fault;

        async Task RemoveOneAfterAnotherAsync()
        {
            while (left.TryDequeue(out ImageKey? key))
            {
                try
                {
                    using IDisposable turn = await locks.EnterAsync(key, cancellationToken);
                    await remover.RemoveAsync(key, cancellationToken);
                }
                catch (Exception exception) when (exception is StorageException or BusyException) // the storage's, or others worked on it for too long
                {
                    fault = exception;
                }
            }
        }
    }
}
