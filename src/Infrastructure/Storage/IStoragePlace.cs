using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>Where the objects of a storage are: two names may stand for one place.</summary>
internal interface IStoragePlace
{
    /// <summary>Puts a mark, which is no image, and looks for it in another storage, then the other way round; no mark stays.</summary>
    /// <returns>Whether both are one place under two names: then a copy is its source, and whoever removes the source loses both.</returns>
    Task<bool> IsSamePlaceAsync(IImageStorage other, CancellationToken cancellationToken);
}
