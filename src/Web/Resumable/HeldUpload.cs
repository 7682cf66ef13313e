using ImageBackend.Infrastructure.Resumable;
using ImageBackend.Web.Http;

namespace ImageBackend.Web.Resumable;

/// <summary>A partial upload that this request alone works on, until it is disposed.</summary>
/// <param name="hold">Null: nobody else can know it yet.</param>
internal sealed class HeldUpload(PartialUpload partial, Holds.Hold? hold, ReceiveBudget budget) : IAsyncDisposable
{
    private bool _isGone;

    public PartialUpload Partial { get; } = partial;

    /// <summary>Says that another request wants it.</summary>
    public CancellationToken Interrupted => hold?.Interrupted ?? CancellationToken.None;

    /// <summary>Removes it with everything that belongs to it.</summary>
    public void Remove()
    {
        Partial.Remove();
        _isGone = true;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            budget.Settle(Partial.Id, _isGone ? null : Partial.StoredBytes);
            await Partial.DisposeAsync();
        }
        finally
        {
            hold?.Dispose();
        }
    }
}
