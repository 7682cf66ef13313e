using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>Where a storage keeps its objects: two names may mean the same place.</summary>
internal interface IStoragePlace
{
    /// <summary>Puts a mark, which is not an image, and looks for it in another storage, then the other way round; no mark stays.</summary>
    /// <returns>Whether both are one place under two names: then a copy is its own source, and removing the source removes both.</returns>
    Task<bool> IsSamePlaceAsync(IImageStorage other, CancellationToken cancellationToken);
}
