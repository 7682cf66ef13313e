namespace ImageBackend.Application.Abstractions;

/// <summary>What a storage holds, page by page, for somebody who looks through it.</summary>
public interface IImagePages
{
    /// <summary>The orders in which <see cref="ListPageAsync"/> can list, <see cref="ListOrder.Name"/> among them.</summary>
    IReadOnlyList<ListOrder> Orders { get; }

    /// <returns>The next objects in an order. Memory does not grow with the number of objects; what comes or goes meanwhile may be there or not.</returns>
    Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken);
}
