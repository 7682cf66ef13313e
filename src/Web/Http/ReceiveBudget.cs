using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Resumable;

namespace ImageBackend.Web.Http;

/// <summary>
/// The bytes of the temp folder that all uploads share: plain ones while they are in progress, resumable ones as long as they wait. The latter
/// get half of it at most, so that abandoned ones never keep plain ones out.
/// </summary>
internal sealed class ReceiveBudget
{
    // Other processes on the same temp folder add and remove uploads too.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    private readonly PartialUploads _uploads;
    private readonly TimeProvider _time;
    private readonly int _maxPartial;
    private readonly SharedRoom _all;
    private readonly SharedRoom _partial;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PartialShare> _shares = [];
    private int _beginning;
    private long? _lookedAt;

    public ReceiveBudget(ServiceSettings service, BackendSettings backend, PartialUploads uploads, TimeProvider time)
    {
        (_uploads, _time, _maxPartial) = (uploads, time, service.Traffic.MaxPartial);
        long bytes = service.Traffic.BudgetFor(backend.TempFolder, backend.Limits.MaxBytes);
        _all = new SharedRoom(bytes, "The room for uploads is full.");
        _partial = new SharedRoom(bytes / 2, "The room for resumable uploads is full.");
    }

    /// <summary>Takes room for what one request puts into the temp folder.</summary>
    /// <returns>To be disposed when it is gone.</returns>
    /// <exception cref="BusyException">There is no room.</exception>
    public SharedRoom.Share Take(long bytes)
    {
        lock (_gate)
        {
            LookIfDue();
        }

        SharedRoom.Share share = new(_all);
        share.Take(bytes);
        return share;
    }

    /// <summary>Begins a resumable upload, if there is a place for another.</summary>
    /// <param name="begin">Puts it into the temp folder.</param>
    /// <exception cref="BusyException">So many wait that no other can begin.</exception>
    public async Task<PartialUpload> BeginAsync(Func<Task<PartialUpload>> begin)
    {
        lock (_gate)
        {
            LookIfDue();
            if (_shares.Count + Volatile.Read(ref _beginning) >= _maxPartial)
            {
                throw new BusyException("The maximum number of resumable uploads is waiting.");
            }

            Interlocked.Increment(ref _beginning);
        }

        try
        {
            PartialUpload begun = await begin();
            Settle(begun.Id, 0);
            return begun;
        }
        finally
        {
            Interlocked.Decrement(ref _beginning);
        }
    }

    /// <summary>Takes room for a resumable upload that is about to grow. <see cref="Settle"/> follows in any case.</summary>
    /// <param name="bytes">That it may have then.</param>
    /// <exception cref="BusyException">There is no room.</exception>
    public void Reserve(string id, long bytes)
    {
        lock (_gate)
        {
            LookIfDue();
            if (!_shares.TryGetValue(id, out PartialShare? share))
            {
                _shares[id] = share = new PartialShare(_all, _partial);
            }

            share.Grow(bytes);
        }
    }

    /// <summary>Says what a resumable upload takes now.</summary>
    /// <param name="bytes">Null: it is gone.</param>
    public void Settle(string id, long? bytes)
    {
        lock (_gate)
        {
            Set(id, bytes);
        }
    }

    private void LookIfDue()
    {
        if (_lookedAt is { } at && _time.GetElapsedTime(at) < LookInterval)
        {
            return;
        }

        IReadOnlyDictionary<string, long> found = _uploads.List();
        _lookedAt = _time.GetTimestamp();
        foreach (string id in _shares.Keys.Union(found.Keys).Where(id => !_shares.TryGetValue(id, out PartialShare? share) || !share.IsGrowing).ToArray())
        {
            Set(id, found.TryGetValue(id, out long bytes) ? bytes : null);
        }
    }

    private void Set(string id, long? bytes)
    {
        if (bytes is { } there)
        {
            if (!_shares.TryGetValue(id, out PartialShare? share))
            {
                _shares[id] = share = new PartialShare(_all, _partial);
            }

            share.Set(there);
        }
        else if (_shares.Remove(id, out PartialShare? gone))
        {
            gone.Dispose();
        }
    }

    /// <summary>What one resumable upload has of both rooms.</summary>
    private sealed class PartialShare(SharedRoom all, SharedRoom partial) : IDisposable
    {
        private readonly SharedRoom.Share _ofAll = new(all);
        private readonly SharedRoom.Share _ofPartial = new(partial);
        private long _bytes;

        /// <summary>Whether a request of this process adds to it, so that what is on disk says too little.</summary>
        public bool IsGrowing { get; private set; }

        public void Grow(long bytes)
        {
            long more = Math.Max(0, bytes - _bytes);
            _ofAll.Take(more);
            try
            {
                _ofPartial.Take(more);
            }
            catch (BusyException)
            {
                _ofAll.Set(_bytes);
                throw;
            }

            _bytes += more;
            IsGrowing = true;
        }

        public void Set(long bytes)
        {
            _ofAll.Set(bytes);
            _ofPartial.Set(bytes);
            (_bytes, IsGrowing) = (bytes, false);
        }

        public void Dispose()
        {
            _ofAll.Dispose();
            _ofPartial.Dispose();
        }
    }
}
