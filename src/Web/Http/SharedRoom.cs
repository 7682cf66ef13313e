using ImageBackend.Application.Abstractions;

namespace ImageBackend.Web.Http;

/// <summary>A number of bytes, or places, that all requests of one kind share.</summary>
/// <param name="reason">The reason that is given when none is left.</param>
internal sealed class SharedRoom(long size, string reason)
{
    private readonly Lock _gate = new();
    private readonly long _size = size;
    private readonly string _reason = reason;
    private long _taken;

    /// <summary>One request's part of it. Given back by <see cref="Dispose"/>, once.</summary>
    public sealed class Share(SharedRoom room) : IDisposable
    {
        private long _taken;

        /// <exception cref="BusyException">It would be more than is left; nothing is taken.</exception>
        public void Take(long amount)
        {
            lock (room._gate)
            {
                if (room._taken + amount > room._size)
                {
                    throw new BusyException(room._reason);
                }

                room._taken += amount;
                _taken += amount;
            }
        }

        /// <summary>Takes this much in all, even if it is more than is left: it is there already.</summary>
        public void Set(long amount)
        {
            lock (room._gate)
            {
                room._taken += amount - _taken;
                _taken = amount;
            }
        }

        public void Dispose()
        {
            lock (room._gate)
            {
                room._taken -= _taken;
                _taken = 0;
            }
        }
    }
}
