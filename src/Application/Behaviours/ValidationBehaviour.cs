using FluentValidation;
using FluentValidation.Results;
using MediatR;

namespace ImageBackend.Application.Behaviours;

/// <summary>Runs every validator of a request before its handler; all failures go into one <see cref="ValidationException"/>.</summary>
internal sealed class ValidationBehaviour<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        List<ValidationFailure> failures = [];
        foreach (IValidator<TRequest> validator in validators) // in turn: they may share scoped adapters
        {
            failures.AddRange((await validator.ValidateAsync(request, cancellationToken)).Errors);
        }

        return failures.Count == 0 ? await next() : throw new ValidationException(failures);
    }
}
