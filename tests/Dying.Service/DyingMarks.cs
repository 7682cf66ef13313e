using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.DyingService;

internal sealed class DyingMarks(IImageMarks inner, Death death) : IImageMarks
{
    public Task<ImageMark?> FindAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) =>
        death.RunAsync(() => inner.FindAsync(kind, key, cancellationToken));

    public Task SetAsync(MarkKind kind, ImageKey key, string text, CancellationToken cancellationToken) =>
        death.RunAsync(() => inner.SetAsync(kind, key, text, cancellationToken));

    public Task RemoveAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) =>
        death.RunAsync(() => inner.RemoveAsync(kind, key, cancellationToken));

    public async IAsyncEnumerable<ListedMark> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await death.RunAsync(() => Task.CompletedTask);
        await foreach (ListedMark mark in inner.ListAsync(cancellationToken))
        {
            yield return mark;
        }
    }
}
